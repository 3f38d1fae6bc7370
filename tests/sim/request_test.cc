#include "sim/request.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace vtsim {
namespace {

TEST(SimRequest, IsTakenApart) {
  const Request request = MakeRequest(
      "POST", "/api/v3/urls/a%2Fb+c?limit=1&cursor=x%3Dy",
      {{"X-ApiKey", "k"}, {"Content-Type", "f"}}, "url=http%3A%2F%2Fa.com%2F");
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/api/v3/urls/a/b+c");
  EXPECT_EQ(request.query, (std::map<std::string, std::string>{
                               {"limit", "1"}, {"cursor", "x=y"}}));
  EXPECT_EQ(request.form,
            (std::map<std::string, std::string>{{"url", "http://a.com/"}}));
  EXPECT_EQ(request.Header("x-apikey"), "k");
  EXPECT_EQ(request.Header("content-type"), "f");
  EXPECT_EQ(request.Header("other"), "");
}

TEST(SimRequest, TheFormComesBeforeTheQuery) {
  const Request request =
      MakeRequest("POST", "/x?a=query&b=query", {}, "a=form");
  EXPECT_EQ(request.Parameter("a"), "form");
  EXPECT_EQ(request.Parameter("b"), "query");
  EXPECT_EQ(request.Parameter("c"), "");
}

TEST(SimRequest, MayHaveNeither) {
  const Request request = MakeRequest("GET", "/x", {}, "");
  EXPECT_EQ(request.path, "/x");
  EXPECT_TRUE(request.query.empty());
  EXPECT_TRUE(request.form.empty());
  EXPECT_TRUE(MakeRequest("GET", "/x?", {}, "").query.empty());
}

}  // namespace
}  // namespace vtsim
