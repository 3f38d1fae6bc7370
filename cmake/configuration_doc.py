#!/usr/bin/env python3
"""Writes docs/configuration.md from the schema, or checks that it is current.

  configuration_doc.py DESCRIPTOR_SET GENERATED_PYTHON FILE [--check]

DESCRIPTOR_SET is protoc's, of config.proto with its comments; GENERATED_PYTHON
is the folder with what protoc made of it for Python.
"""

import sys

sys.path.insert(0, sys.argv[2])
from google.protobuf import descriptor_pb2
from vtlookup.v1 import config_pb2

HEAD = """# Configuration

Made from `protos/vtlookup/v1/config.proto`; do not edit.

The configuration is one YAML file, `vtlookupd --config FILE`. A key that is not
in the file has its default, and a key that is not on this page is an error.
Each value that is not in a list is also a flag, `--cache.ttl.missing=1h`, and an
environment variable, `VTLOOKUPD_CACHE_TTL_MISSING=1h`;
`VTLOOKUPD_CACHE_TTL_MISSING_FILE` names a file that holds the value. Variables
override the file, and flags override both. A duration is written `30s`, `24h` or `7d`; a size
`64KiB`, `256MiB` or `8GiB`.

```yaml
cache:
  path: /var/lib/vtlookupd
  ttl: {missing: 30m}
virustotal:
  quota: {per_minute: 1000, per_day: 50000, per_month: 1000000}
```

`vtlookupd --check-config` prints every mistake, with its line. If there is none,
it checks the files and folders that the configuration names.
`--print-config` prints the effective configuration as a file for `--config`; API
keys and hashes of tokens are left out. After SIGHUP, or
`vtlookup admin reload`, the daemon reads the file again. These settings change
while the daemon runs: `auth`, `listen.tls`, `privacy`, `cache.ttl`,
`cache.stale`, API keys and their quotas, `log.level` and `log.one_call_in`. All
others take effect after a restart, and the answer and the log name those that
have changed. A file with a mistake changes nothing.
"""

SCALARS = {
    descriptor_pb2.FieldDescriptorProto.TYPE_STRING: "text",
    descriptor_pb2.FieldDescriptorProto.TYPE_BOOL: "true or false",
    descriptor_pb2.FieldDescriptorProto.TYPE_UINT32: "number",
    descriptor_pb2.FieldDescriptorProto.TYPE_UINT64: "size",
}
REPEATED = descriptor_pb2.FieldDescriptorProto.LABEL_REPEATED


class Schema:
    def __init__(self, file):
        self.messages = {m.name: m for m in file.message_type}
        self.enums = {e.name: e for e in file.enum_type}
        self.comments = {
            tuple(location.path): location.leading_comments
            for location in file.source_code_info.location
        }
        self.places = {}
        for i, message in enumerate(file.message_type):
            self.places[message.name] = (4, i)
        for i, enum in enumerate(file.enum_type):
            self.places[enum.name] = (5, i)

    def comment(self, *path):
        text = " ".join(self.comments.get(path, "").split())
        text = text.replace("|", "\\|")
        # Within backticks it stays as it is.
        parts = text.split("`")
        parts[::2] = [part.replace("<", "&lt;") for part in parts[::2]]
        return "`".join(parts)

    def enum_words(self, name):
        prefix = len(self.enums[name].value[0].name) - len("UNSPECIFIED")
        return [v.name[prefix:].lower() for v in self.enums[name].value[1:]]

    def kind(self, field):
        name = field.type_name.rsplit(".", 1)[-1]
        if name == "Duration":
            text = "duration"
        elif name in self.enums:
            text = ", ".join(f"`{word}`" for word in self.enum_words(name))
        elif name in self.messages:
            text = "sections"
        else:
            text = SCALARS[field.type]
        return f"list of {text}" if field.label == REPEATED else text

    def section(self, message, path, out):
        """A table of the section's values, then its own sections."""
        place = self.places[message.name]
        title = f"## `{path}`" if path else "## Top level"
        rows, later = [], []
        for i, field in enumerate(message.field):
            key = f"{path}.{field.name}" if path else field.name
            name = field.type_name.rsplit(".", 1)[-1]
            if name in self.messages:
                suffix = "[]" if field.label == REPEATED else ""
                later.append((self.messages[name], key + suffix))
                if not suffix:
                    continue
            setting = field.options.Extensions[config_pb2.setting]
            default = f"`{setting.default_value}`" if setting.default_value else ""
            about = self.comment(*place, 2, i)
            if setting.secret:
                about += " Never shown."
            rows.append(f"| `{field.name}` | {self.kind(field)} | {default} | {about.strip()} |")
        about = self.comment(*place)
        out.append(f"\n{title}\n\n{about}\n")
        if rows:
            out.append("| key | value | default | |\n|---|---|---|---|")
            out.extend(rows)
        for section, key in later:
            self.section(section, key, out)


def main():
    files = descriptor_pb2.FileDescriptorSet()
    with open(sys.argv[1], "rb") as file:
        files.ParseFromString(file.read())
    config = next(f for f in files.file if f.name.endswith("v1/config.proto"))
    schema = Schema(config)
    out = [HEAD]
    schema.section(schema.messages["Config"], "", out)
    text = "\n".join(out).replace("\n\n\n", "\n\n") + "\n"
    if sys.argv[4:] == ["--check"]:
        with open(sys.argv[3], encoding="utf-8") as file:
            if file.read() != text:
                sys.exit(f"{sys.argv[3]} is not current; run the target configuration_doc")
        return
    with open(sys.argv[3], "w", encoding="utf-8") as file:
        file.write(text)


main()
