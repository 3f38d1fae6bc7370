// A trap of API v2: the members of `detected_urls` are objects, but those of
// `undetected_urls` are arrays of five elements.

#include "virustotal/v2/lists.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "virustotal/api/report_fields.h"
#include "virustotal/v2/scan_fields.h"

namespace vtlookup {
namespace {

// Removes counts that contradict each other from a member of a list, and a
// count whose other one is missing or unusable: a total alone would read as "no
// engine has detected it".
template <typename Message>
void DropImpossibleCounts(Message* out) {
  if (out->has_positives() == out->has_total() &&
      out->positives() <= out->total()) {
    return;
  }
  out->clear_positives();
  out->clear_total();
}

// Reads either form: the object of `detected_urls`, or the array of
// `undetected_urls`.
void ReadUrlDetection(json::value value, v1::UrlDetection* out) {
  if (value.is_array()) {
    int at = 0;
    ForEachItem(value, [&](json::value item) {
      switch (at++) {
        case 0:
          return ReadText(item, out->mutable_url());
        case 1:
          return ReadText(item, out->mutable_sha256());
        case 2:
          ReadPositivesAndTotalV2("positives", item, out);
          return;
        case 3:
          ReadPositivesAndTotalV2("total", item, out);
          return;
        case 4:
          return ReadScanTimeV2(item, out);
        default:
          return;
      }
    });
  }
  ForEachField(value, [out](std::string_view key, json::value field) {
    if (key == "url") {
      ReadText(field, out->mutable_url());
    } else if (key == "scan_date") {
      ReadScanTimeV2(field, out);
    } else {
      ReadPositivesAndTotalV2(key, field, out);
    }
  });
  DropImpossibleCounts(out);
}

void ReadFileDetection(json::value value, v1::FileDetection* out) {
  ForEachField(value, [out](std::string_view key, json::value field) {
    if (key == "sha256") {
      ReadText(field, out->mutable_sha256());
    } else if (key == "date") {
      ReadScanTimeV2(field, out);
    } else {
      ReadPositivesAndTotalV2(key, field, out);
    }
  });
  DropImpossibleCounts(out);
}

void ReadResolution(json::value value, v1::Resolution* out) {
  ForEachField(value, [out](std::string_view key, json::value field) {
    if (key == "ip_address") {
      ReadText(field, out->mutable_ip_address());
    } else if (key == "hostname") {
      ReadText(field, out->mutable_host_name());
    } else if (key == "last_resolved") {
      std::string text;
      ReadText(field, &text);
      if (const std::optional<int64_t> seconds = ParseDateV2(text)) {
        out->mutable_last_resolved()->set_seconds(*seconds);
      }
    }
  });
}

// Reads a list, and notes when VirusTotal sent it empty. `name`: the field of
// the report.
template <typename List, typename Read, typename Report>
void ReadNamedList(const char* name, json::value value, List* list, Read read,
                   Report* report) {
  const bool sent = value.is_array();
  read(value, list);
  if (sent) NoteIfEmpty(name, *list, report);
}

template <typename Message, typename Report>
void ReadMessages(const char* name, json::value value,
                  google::protobuf::RepeatedPtrField<Message>* list,
                  void (*read)(json::value, Message*), Report* report) {
  const auto read_all = [read](json::value items, auto* out) {
    ReadList(items, out, read);
  };
  ReadNamedList(name, value, list, read_all, report);
}

template <typename Report>
void ReadUrls(const char* name, json::value value,
              google::protobuf::RepeatedPtrField<v1::UrlDetection>* urls,
              Report* report) {
  ReadMessages(name, value, urls, ReadUrlDetection, report);
}

template <typename Report>
void ReadFiles(const char* name, json::value value,
               google::protobuf::RepeatedPtrField<v1::FileDetection>* files,
               Report* report) {
  ReadMessages(name, value, files, ReadFileDetection, report);
}

// Reads the lists that reports about domains and about addresses both have.
template <typename Report>
bool ReadNetworkList(std::string_view key, json::value value, Report* report) {
  if (key == "resolutions") {
    ReadMessages("resolutions", value, report->mutable_resolutions(),
                 ReadResolution, report);
  } else if (key == "detected_urls") {
    ReadUrls("detected_urls", value, report->mutable_detected_urls(), report);
  } else if (key == "undetected_urls") {
    ReadUrls("undetected_urls", value, report->mutable_undetected_urls(),
             report);
  } else if (key == "detected_communicating_samples") {
    ReadFiles("detected_communicating_files", value,
              report->mutable_detected_communicating_files(), report);
  } else if (key == "detected_downloaded_samples") {
    ReadFiles("detected_downloaded_files", value,
              report->mutable_detected_downloaded_files(), report);
  } else if (key == "detected_referrer_samples") {
    ReadFiles("detected_referrer_files", value,
              report->mutable_detected_referrer_files(), report);
  } else if (key == "undetected_communicating_samples") {
    ReadFiles("undetected_communicating_files", value,
              report->mutable_undetected_communicating_files(), report);
  } else if (key == "undetected_downloaded_samples") {
    ReadFiles("undetected_downloaded_files", value,
              report->mutable_undetected_downloaded_files(), report);
  } else if (key == "undetected_referrer_samples") {
    ReadFiles("undetected_referrer_files", value,
              report->mutable_undetected_referrer_files(), report);
  } else {
    return false;
  }
  return true;
}

void ReadNamedTexts(const char* name, json::value value,
                    google::protobuf::RepeatedPtrField<std::string>* texts,
                    v1::DomainReport* report) {
  const auto read = [](json::value items, auto* list) {
    ReadTexts(items, list);
  };
  ReadNamedList(name, value, texts, read, report);
}

}  // namespace

bool ReadListV2(std::string_view key, json::value value,
                v1::DomainReport* report) {
  if (key == "categories") {
    ReadNamedTexts("categories", value, report->mutable_categories(), report);
  } else if (key == "domain_siblings") {
    ReadNamedTexts("siblings", value, report->mutable_siblings(), report);
  } else if (key == "subdomains") {
    ReadNamedTexts("subdomains", value, report->mutable_subdomains(), report);
  } else {
    return ReadNetworkList(key, value, report);
  }
  return true;
}

bool ReadListV2(std::string_view key, json::value value, v1::IpReport* report) {
  return ReadNetworkList(key, value, report);
}

}  // namespace vtlookup
