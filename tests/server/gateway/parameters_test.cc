#include "server/gateway/parameters.h"

#include <gtest/gtest.h>

#include <string>

#include "core/text.h"

namespace vtlookup {
namespace {

GatewayRequest Post(const std::string& type, const std::string& body,
                    const std::string& query = "") {
  return {.method = "POST",
          .path = "/vtapi/v2/url/scan",
          .query = query,
          .content_type = type,
          .api_key = "",
          .body = body,
          .origin = {}};
}

const char kForm[] = "application/x-www-form-urlencoded";
const char kMultipart[] = "multipart/form-data";

std::string FaultOf(const GatewayRequest& request) {
  return std::string(ToStd(ReadParameters(request).status().message()));
}

TEST(Parameters, ComeFromTheQueryAndTheForm) {
  const auto read =
      ReadParameters(Post(kForm, "url=http%3A%2F%2Fa.com%2F%3Fx%3D1", "a=b"));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->Get("url"), "http://a.com/?x=1");
  EXPECT_EQ(read->Get("a"), "b");
  EXPECT_EQ(ReadParameters(Post("", "", "url=a.com"))->Get("url"), "a.com")
      << "Python's client sends a POST without a body";
}

// The body that curl -F sends, and that c-vtapi and vt-go send.
TEST(Parameters, ComeFromAMultipartForm) {
  const auto read = ReadParameters(Post(
      kMultipart,
      "--------b1\r\nContent-Disposition: form-data; name=\"apikey\"\r\n\r\n"
      "key\r\n--------b1\r\nContent-Disposition: form-data; name=\"url\"\r\n"
      "Content-Type: text/plain\r\n\r\nhttp://a.com/\r\nsecond line\r\n"
      "--------b1--\r\n"));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->Get("apikey"), "key");
  EXPECT_EQ(read->Get("url"), "http://a.com/\r\nsecond line");
}

TEST(Parameters, AFormThatIsCutIsRefused) {
  const std::string whole =
      "--b\r\nContent-Disposition: form-data; name=\"url\"\r\n\r\nx\r\n--b--";
  ASSERT_TRUE(ReadParameters(Post(kMultipart, whole)).ok());
  for (size_t size = 1; size < whole.size(); ++size) {
    EXPECT_FALSE(ReadParameters(Post(kMultipart, whole.substr(0, size))).ok())
        << size;
  }
  EXPECT_NE(FaultOf(Post(kMultipart, "no boundary")).find("boundary"),
            std::string::npos);
}

TEST(Parameters, AParameterThatIsNotUtf8IsNamed) {
  const auto part = [](const std::string& name, const std::string& value) {
    return "--b\r\nContent-Disposition: form-data; name=\"" + name +
           "\"\r\n\r\n" + value + "\r\n--b--";
  };
  EXPECT_EQ(FaultOf(Post(kMultipart, part("url", "\xff"))),
            "body: the parameter url is not UTF-8; send UTF-8");
  EXPECT_EQ(FaultOf(Post(kMultipart, part("\xff", "x"), "a=b")),
            "body: the parameter number 2 is not UTF-8; send UTF-8");
}

// Otherwise the value of another part, such as the token, would be taken for
// the value of this one.
TEST(Parameters, APartWithoutItsLinesIsRefused) {
  const std::string token =
      "\r\n--b\r\nContent-Disposition: form-data; "
      "name=\"apikey\"\r\n\r\ntoken\r\n--b--\r\n";
  const std::string head =
      "--b\r\nContent-Disposition: form-data; name=\"resource\"";
  for (const char* before : {"", "\r", "\r\n", "\r\n\r"}) {
    EXPECT_FALSE(ReadParameters(Post(kMultipart, head + before + token)).ok())
        << before;
  }
  const auto empty =
      ReadParameters(Post(kMultipart, head + "\r\n\r\n" + token));
  ASSERT_TRUE(empty.ok()) << empty.status();
  EXPECT_EQ(empty->Get("resource"), "");
  EXPECT_EQ(empty->Get("apikey"), "token");
}

TEST(Parameters, NamesNeedNoQuotes) {
  const auto read = ReadParameters(
      Post(kMultipart,
           "--b\r\nContent-Disposition: form-data;filename=x;name=url\r\n"
           "\r\nhttp://a.com/\r\n--b--\r\n"));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->Get("url"), "http://a.com/");
}

TEST(Parameters, OtherBodiesAreRefused) {
  EXPECT_NE(FaultOf(Post("application/json", "{}")).find("Content-Type"),
            std::string::npos);
  EXPECT_NE(FaultOf(Post("", "url=x")).find("Content-Type"), std::string::npos);
  EXPECT_NE(FaultOf(Post(kForm, "url=%zz")).find("body"), std::string::npos);
  EXPECT_NE(FaultOf(Post(kForm, "url=%ff")).find("UTF-8"), std::string::npos);
  EXPECT_NE(FaultOf(Post(kForm, "url=x", "a=%")).find("query"),
            std::string::npos);
}

absl::Status OriginOf(const std::string& query, const std::string& header,
                      const std::string& bearer, GatewayRequest* request) {
  *request = Post("", "", query);
  request->api_key = header;
  request->origin.token = bearer;
  return ReadOrigin(*ReadParameters(*request), absl::UnixEpoch(), request);
}

TEST(Parameters, TheTokenComesInOneOfThreeWays) {
  GatewayRequest request;
  EXPECT_TRUE(OriginOf("apikey=t", "", "", &request).ok());
  EXPECT_EQ(request.origin.token, "t");
  EXPECT_TRUE(OriginOf("apikey=t", "t", "t", &request).ok());
  EXPECT_FALSE(OriginOf("apikey=t", "other", "", &request).ok());
  EXPECT_FALSE(OriginOf("apikey=t", "", "other", &request).ok());
}

TEST(Parameters, TheDeadlineIsADuration) {
  GatewayRequest request;
  EXPECT_TRUE(OriginOf("timeout=1m30s", "", "", &request).ok());
  EXPECT_EQ(request.origin.deadline, absl::UnixEpoch() + absl::Seconds(90));
  for (const char* wrong : {"timeout=0s", "timeout=-1s", "timeout=soon"}) {
    EXPECT_FALSE(OriginOf(wrong, "", "", &request).ok()) << wrong;
  }
}

}  // namespace
}  // namespace vtlookup
