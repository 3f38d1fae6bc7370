#include "virustotal/v3/page.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "virustotal/api/json.h"
#include "virustotal/api/report_fields.h"
#include "virustotal/http/failures.h"
#include "virustotal/v3/scan_fields.h"

namespace vtlookup {
namespace {

template <typename Detection>
struct Page {
  std::vector<Detection> items;
  std::string cursor;  // of the next page; empty: there is no next page
};

// Returns whether the member can be used: its statistics make sense.
bool ReadMember(json::value value, v1::UrlDetection* out) {
  bool sound = true;
  ForEachField(value, [&sound, out](std::string_view name, json::value field) {
    if (name == "id") ReadText(field, out->mutable_sha256());
    if (name != "attributes") return;
    ForEachField(field,
                 [&sound, out](std::string_view key, json::value attribute) {
                   if (key == "url") {
                     ReadText(attribute, out->mutable_url());
                   } else if (key == "last_analysis_date") {
                     ReadScanTimeV3(attribute, out);
                   } else if (key == "last_analysis_stats") {
                     sound = ReadStatsV3(attribute, out) && sound;
                   }
                 });
  });
  return sound;
}

bool ReadMember(json::value value, v1::FileDetection* out) {
  bool sound = true;
  ForEachField(value, [&sound, out](std::string_view name, json::value field) {
    if (name == "id") ReadText(field, out->mutable_sha256());
    if (name != "attributes") return;
    ForEachField(field,
                 [&sound, out](std::string_view key, json::value attribute) {
                   if (key == "last_analysis_date") {
                     ReadScanTimeV3(attribute, out);
                   } else if (key == "last_analysis_stats") {
                     sound = ReadStatsV3(attribute, out) && sound;
                   }
                 });
  });
  return sound;
}

template <typename Detection>
absl::StatusOr<Page<Detection>> ReadPage(std::string body) {
  return ReadJson(
      std::move(body), [](json::value root) -> absl::StatusOr<Page<Detection>> {
        Page<Detection> page;
        bool is_page = false;
        bool is_error = false;
        ForEachField(root, [&](std::string_view name, json::value field) {
          if (name == "data") {
            is_page = field.is_array();
            ForEachItem(field, [&page](json::value member) {
              if (!ReadMember(member, &page.items.emplace_back())) {
                page.items.pop_back();
              }
            });
          } else if (name == "meta") {
            ForEachField(field,
                         [&page](std::string_view key, json::value value) {
                           if (key == "cursor") ReadText(value, &page.cursor);
                         });
          } else if (name == "error") {
            is_error = true;
          }
        });
        if (!is_page || is_error) {
          return BadAnswer("the answer is not a page of a relationship");
        }
        return page;
      });
}

// Moves each item that at least one engine calls malicious to `detected`, and
// the others to `undetected`.
template <typename Detection, typename List>
void Divide(std::vector<Detection> items, List* detected, List* undetected) {
  for (Detection& item : items) {
    *(item.positives() > 0 ? detected : undetected)->Add() = std::move(item);
  }
}

template <typename Report>
void AddPage(Page<v1::UrlDetection> page, Report* report) {
  Divide(std::move(page.items), report->mutable_detected_urls(),
         report->mutable_undetected_urls());
  if (!page.cursor.empty()) return;
  NoteIfEmpty("detected_urls", report->detected_urls(), report);
  NoteIfEmpty("undetected_urls", report->undetected_urls(), report);
}

template <typename Report>
void AddPage(Page<v1::FileDetection> page, Report* report) {
  Divide(std::move(page.items), report->mutable_detected_downloaded_files(),
         report->mutable_undetected_downloaded_files());
  if (!page.cursor.empty()) return;
  NoteIfEmpty("detected_downloaded_files", report->detected_downloaded_files(),
              report);
  NoteIfEmpty("undetected_downloaded_files",
              report->undetected_downloaded_files(), report);
}

// Returns the cursor of the next page.
template <typename Detection>
absl::StatusOr<std::string> AddPageOf(Kind kind,
                                      absl::StatusOr<Page<Detection>> page,
                                      v1::Verdict* verdict) {
  if (!page.ok()) return page.status();
  std::string cursor = page->cursor;
  if (kind == Kind::kDomain) {
    AddPage(*std::move(page), verdict->mutable_domain());
  } else {
    AddPage(*std::move(page), verdict->mutable_ip());
  }
  return cursor;
}

}  // namespace

absl::StatusOr<std::string> AddUrlPageV3(Kind kind, std::string body,
                                         v1::Verdict* verdict) {
  return AddPageOf(kind, ReadPage<v1::UrlDetection>(std::move(body)), verdict);
}

absl::StatusOr<std::string> AddFilePageV3(Kind kind, std::string body,
                                          v1::Verdict* verdict) {
  return AddPageOf(kind, ReadPage<v1::FileDetection>(std::move(body)), verdict);
}

}  // namespace vtlookup
