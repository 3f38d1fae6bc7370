#ifndef VTLOOKUP_VTLOOKUP_ROW_PLAN_H_
#define VTLOOKUP_VTLOOKUP_ROW_PLAN_H_

#include <google/protobuf/descriptor.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "vtlookup/v1/dnif.pb.h"

namespace vtlookup {

// For row*.cc only: the `dnif_field` options of the .proto files, read once,
// because reading them for each row would take most of the time of a row.

// A field of a message that sets a field of rows.
struct RowSource {
  const google::protobuf::FieldDescriptor* field;
  size_t target;  // index in RowPlan::names
  std::optional<int32_t> only_code;
  std::optional<std::string> when_absent;  // JSON
  bool keep_empty;
  // Of the items of a list of messages: the text that is taken, and the value
  // that `detected` must have. Null: none.
  const google::protobuf::FieldDescriptor* member;
  const google::protobuf::FieldDescriptor* detected;
  bool detected_value;
};

// How messages become the fields of rows in one lookup. Immutable.
struct RowPlan {
  // The message type of the report.
  const google::protobuf::Descriptor* report;
  // Every field that the lookup may add, in order, without kRowError.
  std::vector<std::string> names;
  std::map<const google::protobuf::Descriptor*, std::vector<RowSource>> sources;
  // by_number[m][n]: the sources whose field in message m has the number n.
  std::map<const google::protobuf::Descriptor*,
           std::vector<std::vector<RowSource>>>
      by_number;
  // Index of $VTURL in `names`, which every answer about URLs has; nothing for
  // other lookups.
  std::optional<size_t> url;
};

// The plan lives as long as the program. Thread-safe.
const RowPlan& RowPlanOf(v1::DnifLookup lookup);

}  // namespace vtlookup

#endif  // VTLOOKUP_VTLOOKUP_ROW_PLAN_H_
