"""What the .proto files declare, by name, with comments and options."""

import dataclasses

from google.protobuf import message_factory

# Field numbers of descriptor.proto. The path of a comment consists of these, each
# with an index behind it.
_FILE = {"message_type": 4, "enum_type": 5, "service": 6}
_MESSAGE = {"field": 2, "nested_type": 3, "enum_type": 4, "oneof_decl": 8}
_ENUM = {"value": 2}
_SERVICE = {"method": 2}


@dataclasses.dataclass
class Declared:
    """A message, an enum or a service."""
    name: str  # with its package
    proto: object  # such as a DescriptorProto
    path: tuple
    comments: dict  # of the whole file, by path
    comment: str

    def _parts(self, numbers, name):
        return [(part, self.comments.get(self.path + (numbers[name], i), ""))
                for i, part in enumerate(getattr(self.proto, name))]

    def fields(self):
        """Returns the fields of a message, each with its comment, or else with
        that of its oneof."""
        oneofs = [comment for _, comment in self._parts(_MESSAGE, "oneof_decl")]
        return [(field, comment or (oneofs[field.oneof_index]
                                    if field.HasField("oneof_index") else ""))
                for field, comment in self._parts(_MESSAGE, "field")]

    def values(self):
        """Returns the values of an enum, each with its comment."""
        return self._parts(_ENUM, "value")

    def methods(self):
        """Returns the rpcs of a service, each with its comment."""
        return self._parts(_SERVICE, "method")


class Protos:
    """The declarations of some files and of all that these import."""

    def __init__(self, files):
        self.messages, self.enums, self.services = {}, {}, {}
        for file in files:
            comments = {tuple(location.path): location.leading_comments
                        for location in file.source_code_info.location}
            self._add(file, _FILE, file.package, (), comments)
        # The classes of python3-protobuf do not know our options, so the options
        # are read with classes that are made of these files.
        self._classes = message_factory.GetMessages(files)

    def _add(self, scope, numbers, name, path, comments):
        kinds = {"message_type": self.messages, "nested_type": self.messages,
                 "enum_type": self.enums, "service": self.services}
        for kind, number in numbers.items():
            if kind not in kinds:
                continue
            for i, proto in enumerate(getattr(scope, kind)):
                where = path + (number, i)
                full = f"{name}.{proto.name}"
                kinds[kind][full] = Declared(full, proto, where, comments,
                                             comments.get(where, ""))
                if kinds[kind] is self.messages:
                    self._add(proto, _MESSAGE, full, where, comments)

    def option(self, options, name):
        """Returns the value of an extension of options, such as google.api.http.

        It is None, or an empty list, if the option is not set.
        """
        known = self._classes[options.DESCRIPTOR.full_name]
        read = known.FromString(options.SerializeToString())
        extension = known.DESCRIPTOR.file.pool.FindExtensionByName(name)
        if extension.label == extension.LABEL_REPEATED:
            return read.Extensions[extension]
        return read.Extensions[extension] if read.HasExtension(extension) else None
