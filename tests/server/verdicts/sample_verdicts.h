#ifndef VTLOOKUP_TESTS_SERVER_VERDICTS_SAMPLE_VERDICTS_H_
#define VTLOOKUP_TESTS_SERVER_VERDICTS_SAMPLE_VERDICTS_H_

#include <vector>

#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {

// Returns verdicts of every shape: empty, each code, each report, small and
// large.
inline std::vector<v1::Verdict> SampleVerdicts() {
  std::vector<v1::Verdict> all(1);
  for (const int code : {0, -1, -2}) {
    v1::Verdict& verdict = all.emplace_back();
    verdict.set_response_code(code);
    verdict.set_message("in words");
  }
  v1::Verdict& url = all.emplace_back();
  url.set_response_code(1);
  url.set_positives(0);
  url.set_total(70);
  url.mutable_scan_time()->set_seconds(1700000000);
  url.set_permalink("https://www.virustotal.com/url/x");
  url.mutable_url()->set_url("http://a.com/");
  for (int i = 0; i < 70; ++i) {
    v1::EngineResult* const engine = url.mutable_url()->add_engines();
    engine->set_engine("Engine " + std::to_string(i));
    engine->set_result("clean site");
  }
  v1::Verdict& domain = all.emplace_back();
  domain.set_response_code(1);
  domain.mutable_domain()->set_webutation_safety_score(0);
  domain.mutable_domain()->add_categories("parked");
  domain.mutable_domain()->set_whois(std::string(5000, 'w'));
  (*domain.mutable_domain()->mutable_vendor_categories())["V"] = "c";
  v1::Verdict& ip = all.emplace_back();
  ip.set_response_code(1);
  ip.mutable_ip()->set_as_number_text("64500");
  ip.mutable_ip()->add_resolutions()->set_host_name("a.example");
  v1::Verdict& file = all.emplace_back();
  file.set_response_code(1);
  file.set_positives(3);
  file.mutable_file()->set_md5(std::string(32, 'a'));
  v1::Verdict& only_bulky = all.emplace_back();
  only_bulky.set_response_code(1);
  only_bulky.mutable_ip()->set_whois("w");
  return all;
}

// Returns the summary of a verdict, by a second implementation.
inline v1::Verdict SummaryOf(v1::Verdict verdict) {
  if (verdict.has_url()) verdict.mutable_url()->clear_engines();
  if (verdict.has_file()) verdict.mutable_file()->clear_engines();
  if (verdict.has_domain()) {
    v1::DomainReport* const domain = verdict.mutable_domain();
    domain->clear_categories();
    domain->clear_vendor_categories();
    domain->clear_whois();
  }
  if (verdict.has_ip()) {
    verdict.mutable_ip()->clear_resolutions();
    verdict.mutable_ip()->clear_whois();
  }
  return verdict;
}

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_SERVER_VERDICTS_SAMPLE_VERDICTS_H_
