#ifndef VTLOOKUP_VIRUSTOTAL_KEYS_ACCESS_H_
#define VTLOOKUP_VIRUSTOTAL_KEYS_ACCESS_H_

#include <set>
#include <string>

namespace vtlookup {

// An API key, where it is used, and what it has been found not to open. Loop
// only.
struct Access {
  std::string base_url;  // scheme, host and port; no path
  std::string api_key;
  // Whether the key is thought to open the parts of reports that cost money,
  // and how many pages of each are worth a request.
  bool premium = false;
  int premium_pages = 1;
  // Parts of reports that VirusTotal has refused to this key. Dialogues add to
  // it, and do not ask for them again.
  std::set<std::string> refused = {};
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_KEYS_ACCESS_H_
