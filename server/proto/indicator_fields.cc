#include "server/proto/indicator_fields.h"

#include <string>
#include <utility>

namespace vtlookup {

RawIndicator RawIndicatorOf(const v1::Indicator& indicator) {
  switch (indicator.value_case()) {
    case v1::Indicator::kUrl:
      return RawIndicator{Kind::kUrl, indicator.url()};
    case v1::Indicator::kDomain:
      return RawIndicator{Kind::kDomain, indicator.domain()};
    case v1::Indicator::kIp:
      return RawIndicator{Kind::kIp, indicator.ip()};
    case v1::Indicator::kFileHash:
      return RawIndicator{Kind::kFile, indicator.file_hash()};
    case v1::Indicator::kUrlScanId:
      return RawIndicator{Kind::kUrlScan, indicator.url_scan_id()};
    case v1::Indicator::VALUE_NOT_SET:
      break;
  }
  return {};
}

std::optional<Kind> KindOfField(int field) {
  switch (field) {
    case v1::Indicator::kUrlFieldNumber:
      return Kind::kUrl;
    case v1::Indicator::kDomainFieldNumber:
      return Kind::kDomain;
    case v1::Indicator::kIpFieldNumber:
      return Kind::kIp;
    case v1::Indicator::kFileHashFieldNumber:
      return Kind::kFile;
    case v1::Indicator::kUrlScanIdFieldNumber:
      return Kind::kUrlScan;
    default:
      return std::nullopt;
  }
}

int FieldOf(Kind kind) {
  switch (kind) {
    case Kind::kUrl:
      return v1::Indicator::kUrlFieldNumber;
    case Kind::kDomain:
      return v1::Indicator::kDomainFieldNumber;
    case Kind::kIp:
      return v1::Indicator::kIpFieldNumber;
    case Kind::kFile:
      return v1::Indicator::kFileHashFieldNumber;
    case Kind::kUrlScan:
      return v1::Indicator::kUrlScanIdFieldNumber;
  }
  return 0;
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
