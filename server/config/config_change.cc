#include "server/config/config_change.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/config/api_key.h"

namespace vtlookup {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

// Sections and keys that take effect while the daemon runs.
constexpr const char* kLive[] = {
    "auth.",
    "cache.stale.",
    "cache.ttl.",
    "listen.tls.",
    "log.level",
    "log.one_call_in",
    "privacy.",
    "virustotal.key",
    "virustotal.key_file",
    "virustotal.keys",
    "virustotal.dnifconfig_file",
    "virustotal.quota.",
};

bool IsSection(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_MESSAGE &&
         !field.is_repeated() &&
         field.message_type()->file()->package() == "vtlookup.v1";
}

// Whether two messages differ in `field`.
bool Differs(const Message& a, const Message& b, const FieldDescriptor& field) {
  MessageDifferencer differencer;
  return !differencer.CompareWithFields(a, b, {&field}, {&field});
}

void CollectChanges(const Message& from, const Message& to,
                    const std::string& path, std::vector<std::string>* out) {
  for (int i = 0; i < from.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *from.GetDescriptor()->field(i);
    const std::string key =
        path.empty() ? field.name() : absl::StrCat(path, ".", field.name());
    if (IsSection(field)) {
      CollectChanges(from.GetReflection()->GetMessage(from, &field),
                     to.GetReflection()->GetMessage(to, &field), key, out);
    } else if (Differs(from, to, field)) {
      out->push_back(key);
    }
  }
}

// Whether both have TLS, and both ask for client certificates, or neither does.
// That is fixed when the address is bound.
bool SameTlsKind(const v1::TlsConfig& a, const v1::TlsConfig& b) {
  return a.certificate_file().empty() == b.certificate_file().empty() &&
         a.client_ca_file().empty() == b.client_ca_file().empty();
}

bool IsLive(const std::string& key, const v1::Config& from,
            const v1::Config& to) {
  if (absl::StartsWith(key, "listen.tls.")) {
    return SameTlsKind(from.listen().tls(), to.listen().tls());
  }
  // Keys may be exchanged and get other limits, but the set of their names is
  // fixed.
  if ((absl::StartsWith(key, "virustotal.key") ||
       absl::StartsWith(key, "virustotal.quota.")) &&
      !SameKeyNames(from.virustotal(), to.virustotal())) {
    return false;
  }
  return std::any_of(
      std::begin(kLive), std::end(kLive), [&key](const char* live) {
        return absl::EndsWith(live, ".") ? absl::StartsWith(key, live)
                                         : key == live;
      });
}

// Returns the message whose field is the last name of `key`.
Message* SectionOf(const std::string& key, Message* config, std::string* name) {
  size_t begin = 0;
  for (size_t dot = key.find('.'); dot != std::string::npos;
       dot = key.find('.', begin)) {
    const FieldDescriptor* const field =
        config->GetDescriptor()->FindFieldByName(
            key.substr(begin, dot - begin));
    config = config->GetReflection()->MutableMessage(config, field);
    begin = dot + 1;
  }
  *name = key.substr(begin);
  return config;
}

void CopyKey(const std::string& key, v1::Config to, v1::Config* config) {
  std::string name;
  Message* const target = SectionOf(key, config, &name);
  Message* const source = SectionOf(key, &to, &name);
  const FieldDescriptor* const field =
      target->GetDescriptor()->FindFieldByName(name);
  target->GetReflection()->ClearField(target, field);
  target->GetReflection()->SwapFields(target, source, {field});
}

}  // namespace

bool SameKeyNames(const v1::VirusTotalConfig& a,
                  const v1::VirusTotalConfig& b) {
  const std::vector<v1::KeyConfig> from = KeyConfigsOf(a);
  const std::vector<v1::KeyConfig> to = KeyConfigsOf(b);
  return std::equal(from.begin(), from.end(), to.begin(), to.end(),
                    [](const v1::KeyConfig& x, const v1::KeyConfig& y) {
                      return x.name() == y.name() && x.user() == y.user() &&
                             x.premium() == y.premium();
                    });
}

ConfigChange ChangeOf(const v1::Config& from, const v1::Config& to) {
  std::vector<std::string> keys;
  CollectChanges(from, to, "", &keys);
  ConfigChange change;
  for (std::string& key : keys) {
    auto& list = IsLive(key, from, to) ? change.live : change.restart;
    list.push_back(std::move(key));
  }
  return change;
}

v1::Config WithLiveParts(v1::Config from, const v1::Config& to) {
  for (const std::string& key : ChangeOf(from, to).live) {
    CopyKey(key, to, &from);
  }
  return from;
}

}  // namespace vtlookup
