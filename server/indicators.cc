#include "server/indicators.h"

#include <string>
#include <utility>

namespace vtlookup {

std::optional<AskedText> AskedTextOf(const v1::Indicator& indicator) {
  switch (indicator.value_case()) {
    case v1::Indicator::kUrl:
      return AskedText{Kind::kUrl, indicator.url()};
    case v1::Indicator::kDomain:
      return AskedText{Kind::kDomain, indicator.domain()};
    case v1::Indicator::kIp:
      return AskedText{Kind::kIp, indicator.ip()};
    case v1::Indicator::kFileHash:
      return AskedText{Kind::kFile, indicator.file_hash()};
    case v1::Indicator::kUrlScanId:
      return AskedText{Kind::kUrlScan, indicator.url_scan_id()};
    case v1::Indicator::VALUE_NOT_SET:
      break;
  }
  return std::nullopt;
}

void SetIndicator(Kind kind, std::string_view text, v1::Indicator* out) {
  std::string value(text);
  switch (kind) {
    case Kind::kUrl:
      return out->set_url(std::move(value));
    case Kind::kDomain:
      return out->set_domain(std::move(value));
    case Kind::kIp:
      return out->set_ip(std::move(value));
    case Kind::kFile:
      return out->set_file_hash(std::move(value));
    case Kind::kUrlScan:
      return out->set_url_scan_id(std::move(value));
  }
}

std::string_view KindName(Kind kind) {
  switch (kind) {
    case Kind::kFile:
      return "file";
    case Kind::kUrl:
      return "url";
    case Kind::kDomain:
      return "domain";
    case Kind::kIp:
      return "ip";
    case Kind::kUrlScan:
      return "url_scan";
  }
  return "";
}

}  // namespace vtlookup
