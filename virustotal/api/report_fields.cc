#include "virustotal/api/report_fields.h"

namespace vtlookup {

bool ReadHashField(std::string_view key, json::value value,
                   v1::FileReport* report) {
  if (key == "md5") {
    ReadText(value, report->mutable_md5());
  } else if (key == "sha1") {
    ReadText(value, report->mutable_sha1());
  } else if (key == "sha256") {
    ReadText(value, report->mutable_sha256());
  } else {
    return false;
  }
  return true;
}

bool ReadAddressField(std::string_view key, json::value value,
                      v1::IpReport* report) {
  if (key == "as_owner") {
    ReadText(value, report->mutable_as_owner());
  } else if (key == "country") {
    ReadText(value, report->mutable_country());
  } else if (key == "continent") {
    ReadText(value, report->mutable_continent());
  } else if (key == "network") {
    ReadText(value, report->mutable_network());
  } else {
    return false;
  }
  return true;
}

}  // namespace vtlookup
