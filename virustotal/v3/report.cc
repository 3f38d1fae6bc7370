#include "virustotal/v3/report.h"

#include <string_view>
#include <utility>

#include "virustotal/api/json.h"
#include "virustotal/http/failures.h"
#include "virustotal/v3/attributes.h"
#include "virustotal/v3/relationships.h"

namespace vtlookup {
namespace {

// Reads the `url_info` of an analysis.
void ReadMeta(json::value value, ObjectV3* object) {
  ForEachField(value, [object](std::string_view name, json::value info) {
    if (name != "url_info") return;
    ForEachField(info, [object](std::string_view key, json::value field) {
      if (key == "id") ReadText(field, &object->item_id);
      if (key == "url") ReadText(field, &object->item_url);
    });
  });
}

void ReadData(const Indicator& indicator, json::value value, ObjectV3* object) {
  ForEachField(value, [&](std::string_view key, json::value field) {
    if (key == "type") {
      ReadText(field, &object->type);
    } else if (key == "id") {
      ReadText(field, &object->id);
    } else if (key == "attributes") {
      ReadAttributesV3(indicator.kind(), field, object);
    } else if (key == "relationships") {
      ReadRelationshipsV3(indicator, field, &*object->verdict);
    }
  });
}

}  // namespace

absl::StatusOr<ObjectV3> ReadObjectV3(const Indicator& indicator,
                                      std::string body) {
  return ReadJson(std::move(body),
                  [&indicator](json::value root) -> absl::StatusOr<ObjectV3> {
                    ObjectV3 object;
                    bool is_error = false;
                    ForEachField(root,
                                 [&](std::string_view name, json::value field) {
                                   if (name == "data") {
                                     ReadData(indicator, field, &object);
                                   } else if (name == "meta") {
                                     ReadMeta(field, &object);
                                   } else if (name == "error") {
                                     is_error = true;
                                   }
                                 });
                    if (object.id.empty() || is_error) {
                      return BadAnswer("the answer is not an object of API v3");
                    }
                    return object;
                  });
}

}  // namespace vtlookup
