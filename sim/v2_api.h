#ifndef VTLOOKUP_SIM_V2_API_H_
#define VTLOOKUP_SIM_V2_API_H_

#include <cstddef>
#include <string>
#include <vector>

#include "sim/api.h"
#include "sim/v2_answers.h"
#include "sim/world.h"

namespace vtsim {

// API v2, below `/vtapi/v2/`.
class V2Api final : public Api {
 public:
  // Borrows the world. Arrays are cut to `batch_limit` answers.
  V2Api(World& world, size_t batch_limit)
      : world_(world), batch_limit_(batch_limit) {}

  static bool Serves(const std::string& path);

  std::string KeyOf(const Request& request) const override;
  std::vector<std::string> IndicatorsOf(const Request& request) const override;
  Response WrongKey(const std::string& key) const override;
  Response QuotaUsedUp() const override;
  Response Failure(int status) const override;
  Response Answer(const Request& request, int64_t now) override;

 private:
  using Handler = Json (V2Api::*)(const Request&, const std::string&, int64_t,
                                  Response*);

  Json FileReport(const Request&, const std::string& resource, int64_t now,
                  Response*);
  Json FileRescan(const Request&, const std::string& resource, int64_t now,
                  Response*);
  Json UrlReport(const Request&, const std::string& resource, int64_t now,
                 Response*);
  Json UrlScan(const Request&, const std::string& resource, int64_t now,
               Response*);
  Json DomainReport(const Request&, const std::string& resource, int64_t now,
                    Response*);
  Json IpReport(const Request&, const std::string& resource, int64_t now,
                Response*);

  Json Report(Kind kind, const std::string& name, const std::string& resource,
              Response* response);
  Json UrlReportOf(const Facts& facts, const std::string& resource);
  Json Submit(const Facts& facts, const std::string& resource, int64_t now);

  World& world_;
  const size_t batch_limit_;
};

}  // namespace vtsim

#endif  // VTLOOKUP_SIM_V2_API_H_
