#ifndef VTLOOKUP_SIM_V3_API_H_
#define VTLOOKUP_SIM_V3_API_H_

#include <string>
#include <vector>

#include "sim/api.h"
#include "sim/v3_answers.h"
#include "sim/world.h"

namespace vtsim {

// API v3, below `/api/v3/`.
class V3Api final : public Api {
 public:
  // Borrows the world. `premium`: whether keys may use premium endpoints.
  V3Api(World& world, bool premium) : world_(world), premium_(premium) {}

  static bool Serves(const std::string& path);

  std::string KeyOf(const Request& request) const override;
  std::vector<std::string> IndicatorsOf(const Request& request) const override;
  Response WrongKey(const std::string& key) const override;
  Response QuotaUsedUp() const override;
  Response Failure(int status) const override;
  Response Answer(const Request& request, int64_t now) override;

 private:
  Response File(const std::string& hash, Response response);
  Response Url(const std::string& id, int64_t now, Response response);
  Response Network(Kind kind, const std::string& name, const Request& request,
                   Response response);
  Response Relationship(Kind kind, const std::string& name,
                        const std::string& relationship,
                        const Request& request);
  Response Submit(const Request& request, int64_t now);
  Response Analysis(const std::string& id, int64_t now);
  Response Quotas() const;
  // An error of VirusTotal with this HTTP status.
  Response Refusal(int status, const std::string& text) const;
  Response BadRequest() const;
  Response NotServed() const;

  World& world_;
  const bool premium_;
};

}  // namespace vtsim

#endif  // VTLOOKUP_SIM_V3_API_H_
