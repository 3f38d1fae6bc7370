#include "vtlookup/row_bytes.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/wire_format_lite.h>

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "vtlookup/row_builder.h"
#include "vtlookup/row_plan.h"
#include "vtlookup/v1/lookup.pb.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// One field of a serialised message.
struct WireField {
  int number;
  bool is_bytes;
  std::string_view bytes;  // of texts and messages
  uint64_t number_value;   // of others
};

// Reads the fields of a serialised message, in their order.
class WireReader {
 public:
  explicit WireReader(std::string_view message)
      : message_(message),
        input_(reinterpret_cast<const uint8_t*>(message.data()),
               static_cast<int>(message.size())) {}

  // Nothing at the end, or when the bytes are no message.
  std::optional<WireField> Next() {
    const uint32_t tag = input_.ReadTag();
    if (tag == 0) return std::nullopt;
    WireField field{.number = WireFormatLite::GetTagFieldNumber(tag),
                    .is_bytes = false,
                    .bytes = {},
                    .number_value = 0};
    switch (WireFormatLite::GetTagWireType(tag)) {
      case WireFormatLite::WIRETYPE_VARINT:
        if (!input_.ReadVarint64(&field.number_value)) return std::nullopt;
        return field;
      case WireFormatLite::WIRETYPE_LENGTH_DELIMITED: {
        uint32_t size = 0;
        if (!input_.ReadVarint32(&size)) return std::nullopt;
        const auto at = static_cast<size_t>(input_.CurrentPosition());
        if (!input_.Skip(static_cast<int>(size))) return std::nullopt;
        field.is_bytes = true;
        field.bytes = message_.substr(at, size);
        return field;
      }
      default:
        if (!WireFormatLite::SkipField(&input_, tag)) return std::nullopt;
        return field;
    }
  }

 private:
  const std::string_view message_;
  CodedInputStream input_;
};

// Returns the value of a field that is no list.
std::string JsonOf(const WireField& value, const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_STRING:
      return QuotedJson(value.bytes);
    case FieldDescriptor::TYPE_BOOL:
      return "true";
    case FieldDescriptor::TYPE_SINT32:
      return absl::StrCat(WireFormatLite::ZigZagDecode32(
          static_cast<uint32_t>(value.number_value)));
    case FieldDescriptor::TYPE_INT32:
      return absl::StrCat(static_cast<int32_t>(value.number_value));
    case FieldDescriptor::TYPE_MESSAGE:
      break;
    default:
      return absl::StrCat(value.number_value);
  }
  // The only message type that is a value is a timestamp.
  google::protobuf::Timestamp time;
  time.ParseFromArray(value.bytes.data(), static_cast<int>(value.bytes.size()));
  return TimeJson(time.seconds());
}

// Adds one item of a list.
void AddItem(const WireField& item, const std::vector<RowSource>& sources,
             RowBuilder* row) {
  if (sources.front().member == nullptr) {
    for (const RowSource& source : sources) {
      row->Append(source.target, item.bytes);
    }
    return;
  }
  std::string_view text;
  bool detected = false;
  WireReader reader(item.bytes);
  while (const std::optional<WireField> field = reader.Next()) {
    if (field->number == sources.front().member->number()) text = field->bytes;
    if (sources.front().detected != nullptr &&
        field->number == sources.front().detected->number()) {
      detected = field->number_value != 0;
    }
  }
  if (text.empty()) return;
  for (const RowSource& source : sources) {
    if (source.detected == nullptr || source.detected_value == detected) {
      row->Append(source.target, text);
    }
  }
}

// Walks through one message type. The Verdict and its report may be in several
// pieces, as a parser would merge them.
class Walker {
 public:
  Walker(const Descriptor* type, int32_t code, RowBuilder* row)
      : code_(code),
        row_(*row),
        by_number_(row->plan().by_number.at(type)),
        empty_lists_(type->FindFieldByName("empty_lists")),
        seen_(by_number_.size()) {}

  // Takes a field of the message. Ignores one that rows do not have.
  void Take(const WireField& field) {
    const auto number = static_cast<size_t>(field.number);
    if (empty_lists_ != nullptr && field.number == empty_lists_->number()) {
      empty_.push_back(field.bytes);
      return;
    }
    if (number >= by_number_.size() || by_number_[number].empty()) return;
    seen_[number] = true;
    const std::vector<RowSource>& sources = by_number_[number];
    if (sources.front().field->is_repeated()) {
      AddItem(field, sources, &row_);
      return;
    }
    for (const RowSource& source : sources) {
      if (!Fits(source) || IsDefault(field, *source.field)) continue;
      row_.Set(source.target, JsonOf(field, *source.field));
    }
  }

  // Adds what the message does not have.
  void End() {
    for (size_t number = 0; number < by_number_.size(); ++number) {
      if (seen_[number]) continue;
      for (const RowSource& source : by_number_[number]) {
        if (!Fits(source)) continue;
        if (source.when_absent.has_value()) {
          row_.Set(source.target, *source.when_absent);
        }
        if (source.keep_empty && WasSentEmpty(*source.field)) {
          row_.BeginList(source.target);
        }
      }
    }
  }

 private:
  bool Fits(const RowSource& source) const {
    return source.only_code.value_or(code_) == code_;
  }
  // A field without presence is never serialised with its default value, except
  // by programs that are not ours.
  static bool IsDefault(const WireField& value, const FieldDescriptor& field) {
    return !field.has_presence() &&
           (value.is_bytes ? value.bytes.empty() : value.number_value == 0);
  }
  bool WasSentEmpty(const FieldDescriptor& field) const {
    for (const std::string_view name : empty_) {
      if (name == field.name()) return true;
    }
    return false;
  }

  const int32_t code_;
  RowBuilder& row_;
  const std::vector<std::vector<RowSource>>& by_number_;
  const FieldDescriptor* const empty_lists_;
  std::vector<bool> seen_;
  std::vector<std::string_view> empty_;
};

// The number of the report in a Verdict, if rows of this lookup have it.
int ReportNumber(const Descriptor* report) {
  const Descriptor& verdict = *v1::Verdict::descriptor();
  for (int i = 0; i < verdict.field_count(); ++i) {
    if (verdict.field(i)->message_type() == report) {
      return verdict.field(i)->number();
    }
  }
  return 0;
}

void AddVerdict(const SerialisedAnswer& answer, RowBuilder* row) {
  const int report_number = ReportNumber(row->plan().report);
  Walker verdict(v1::Verdict::descriptor(), answer.response_code, row);
  Walker report(row->plan().report, answer.response_code, row);
  bool has_report = false;
  WireReader reader(answer.verdict);
  while (const std::optional<WireField> field = reader.Next()) {
    if (field->number != report_number) {
      verdict.Take(*field);
      continue;
    }
    has_report = true;
    WireReader inside(field->bytes);
    while (const std::optional<WireField> part = inside.Next()) {
      report.Take(*part);
    }
  }
  verdict.End();
  if (has_report) report.End();
}

}  // namespace

void AppendRowFields(v1::DnifLookup lookup, const SerialisedAnswer& answer,
                     std::string* out) {
  RowBuilder row(RowPlanOf(lookup));
  if (answer.stale) {
    for (const RowSource& source :
         row.plan().sources.at(v1::LookupResponse::descriptor())) {
      if (source.field->number() == v1::LookupResponse::kStaleFieldNumber) {
        row.Set(source.target, "true");
      }
    }
  }
  AddVerdict(answer, &row);
  row.NameUrl(answer.url);
  char before = '{';
  row.ForEach([&before, out](const std::string& name, const std::string& json) {
    out->push_back(before);
    absl::StrAppend(out, "\"", name, "\":", json);
    before = ',';
  });
  out->append(before == '{' ? "{}" : "}");
}

}  // namespace vtlookup
