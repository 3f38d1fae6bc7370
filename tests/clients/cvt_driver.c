/* Asks with Debian's libcvtapi, a client of API v2 in C.
 *
 *     cvt_driver https://www.virustotal.com < plan.json > answers.json
 *
 * The plan is {"cases": [{"name", "key", "call", "arguments"}, ...]}, where
 * `call` is domain, ip, url or file. The answers are
 * {name: {"returned", "code", "message", "body"}, ...}: what the library
 * returned. It does not show the HTTP status.
 *
 * libcvtapi of Debian 12 cannot POST: the body of its requests is empty, so the
 * key does not arrive. `url` and `file` are here because that must stay so: the
 * gateway has to refuse them as VirusTotal does. */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <VtDomain.h>
#include <VtFile.h>
#include <VtIpAddr.h>
#include <VtResponse.h>
#include <VtUrl.h>

static const char only_address[] = "https://www.virustotal.com";

static void add(json_t *answer, const char *name, json_t *value) {
  json_object_set_new(answer, name, value);
}

/* Adds the parts of a response that a program can read, and releases it.
 * `response` is null when the body was not JSON. Callers must not ask the
 * library for a response after a call that failed. */
static void add_response(json_t *answer, struct VtResponse *response) {
  char message[512] = "";
  int code = 0;
  char *text;
  if (response == NULL) return;
  if (VtResponse_getResponseCode(response, &code) == 0) {
    add(answer, "code", json_integer(code));
  }
  if (VtResponse_getVerboseMsg(response, message, sizeof message) != NULL) {
    add(answer, "message", json_string(message));
  }
  text = VtResponse_toJSONstr(response, 0);
  if (text != NULL) add(answer, "body", json_loads(text, 0, NULL));
  free(text);
  VtResponse_put(&response);
}

static void ask_domain(const char *key, const char *value, json_t *answer) {
  struct VtDomain *domain = VtDomain_new();
  int returned;
  VtDomain_setApiKey(domain, key);
  returned = VtDomain_report(domain, value);
  add(answer, "returned", json_integer(returned));
  if (returned == 0) add_response(answer, VtDomain_getResponse(domain));
  VtDomain_put(&domain);
}

static void ask_ip(const char *key, const char *value, json_t *answer) {
  struct VtIpAddr *ip = VtIpAddr_new();
  int returned;
  VtIpAddr_setApiKey(ip, key);
  returned = VtIpAddr_report(ip, value);
  add(answer, "returned", json_integer(returned));
  if (returned == 0) add_response(answer, VtIpAddr_getResponse(ip));
  VtIpAddr_put(&ip);
}

static void ask_url(const char *key, const char *value, json_t *answer) {
  struct VtUrl *url = VtUrl_new();
  int returned;
  VtUrl_setApiKey(url, key);
  returned = VtUrl_report(url, value, false, false);
  add(answer, "returned", json_integer(returned));
  if (returned == 0) add_response(answer, VtUrl_getResponse(url));
  VtUrl_put(&url);
}

static void ask_file(const char *key, const char *value, json_t *answer) {
  struct VtFile *file = VtFile_new();
  int returned;
  VtFile_setApiKey(file, key);
  returned = VtFile_report(file, value);
  add(answer, "returned", json_integer(returned));
  if (returned == 0) add_response(answer, VtFile_getResponse(file));
  VtFile_put(&file);
}

/* Returns false if `call` is not one of the four. */
static bool ask(const char *call, const char *key, const char *value,
                json_t *answer) {
  if (strcmp(call, "domain") == 0) {
    ask_domain(key, value, answer);
  } else if (strcmp(call, "ip") == 0) {
    ask_ip(key, value, answer);
  } else if (strcmp(call, "url") == 0) {
    ask_url(key, value, answer);
  } else if (strcmp(call, "file") == 0) {
    ask_file(key, value, answer);
  } else {
    return false;
  }
  return true;
}

int main(int argc, char **argv) {
  json_t *plan;
  json_t *answers = json_object();
  json_t *each;
  size_t i;
  if (argc != 2 || strcmp(argv[1], only_address) != 0) {
    fprintf(stderr, "libcvtapi has no setting for the address; it asks %s\n",
            only_address);
    return 2;
  }
  plan = json_loadf(stdin, 0, NULL);
  json_array_foreach(json_object_get(plan, "cases"), i, each) {
    const char *name, *key, *call, *value;
    json_t *answer = json_object();
    if (json_unpack(each, "{s:s, s:s, s:s, s:[s]}", "name", &name, "key", &key,
                    "call", &call, "arguments", &value) != 0 ||
        !ask(call, key, value, answer)) {
      fprintf(stderr,
              "case %zu of the plan lacks a member, or its call is not domain, "
              "ip, url or file\n",
              i);
      return 2;
    }
    json_object_set_new(answers, name, answer);
  }
  json_dumpf(answers, stdout, 0);
  json_decref(answers);
  json_decref(plan);
  return 0;
}
