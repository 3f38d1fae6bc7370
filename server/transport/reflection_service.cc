#include "server/transport/reflection_service.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"

namespace vtlookup {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;

const DescriptorPool& Pool() { return *DescriptorPool::generated_pool(); }

// Appends the file and all that it imports, each once; imports come last.
void AppendFile(const FileDescriptor& file, std::set<std::string>* seen,
                google::protobuf::RepeatedPtrField<std::string>* files) {
  if (!seen->insert(file.name()).second) return;
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  *files->Add() = proto.SerializeAsString();
  for (int i = 0; i < file.dependency_count(); ++i) {
    AppendFile(*file.dependency(i), seen, files);
  }
}

template <typename Response>
void NotFound(std::string_view what, const std::string& name,
              Response* response) {
  auto& error = *response->mutable_error_response();
  error.set_error_code(grpc::StatusCode::NOT_FOUND);
  error.set_error_message(
      absl::StrCat("this server has no ", std::string(what), " named ", name));
}

// The answer is NotFound when `file` is null.
template <typename Response>
void AnswerFile(const FileDescriptor* file, const std::string& name,
                Response* response) {
  if (file == nullptr) return NotFound("file or symbol", name, response);
  std::set<std::string> seen;
  AppendFile(*file, &seen,
             response->mutable_file_descriptor_response()
                 ->mutable_file_descriptor_proto());
}

const FileDescriptor* FileOfExtension(const std::string& type, int number) {
  const auto* const message = Pool().FindMessageTypeByName(type);
  if (message == nullptr) return nullptr;
  const auto* const field = Pool().FindExtensionByNumber(message, number);
  return field == nullptr ? nullptr : field->file();
}

template <typename Response>
void AnswerExtensions(const std::string& type, Response* response) {
  const auto* const message = Pool().FindMessageTypeByName(type);
  if (message == nullptr) return NotFound("message type", type, response);
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  Pool().FindAllExtensions(message, &fields);
  auto& answer = *response->mutable_all_extension_numbers_response();
  answer.set_base_type_name(type);
  for (const auto* const field : fields) {
    answer.add_extension_number(field->number());
  }
}

}  // namespace

bool ReflectionStreams::Begin() {
  if (open_.fetch_add(1, std::memory_order_relaxed) < kMost) return true;
  End();
  return false;
}

template <typename Service, typename Request, typename Response>
grpc::Status
ReflectionService<Service, Request, Response>::ServerReflectionInfo(
    grpc::ServerContext* /*context*/,
    grpc::ServerReaderWriter<Response, Request>* stream) {
  if (!streams_.Begin()) {
    return {grpc::StatusCode::RESOURCE_EXHAUSTED,
            absl::StrCat(ReflectionStreams::kMost,
                         " reflection streams are open, the most that may be; "
                         "try again later")};
  }
  Request request;
  while (stream->Read(&request)) {
    Response response;
    response.set_valid_host(request.host());
    *response.mutable_original_request() = request;
    Answer(request, &response);
    if (!stream->Write(response)) break;
  }
  streams_.End();
  return grpc::Status::OK;
}

template <typename Service, typename Request, typename Response>
void ReflectionService<Service, Request, Response>::Answer(
    const Request& request, Response* response) const {
  switch (request.message_request_case()) {
    case Request::kFileByFilename:
      return AnswerFile(Pool().FindFileByName(request.file_by_filename()),
                        request.file_by_filename(), response);
    case Request::kFileContainingSymbol:
      return AnswerFile(
          Pool().FindFileContainingSymbol(request.file_containing_symbol()),
          request.file_containing_symbol(), response);
    case Request::kFileContainingExtension: {
      const auto& asked = request.file_containing_extension();
      return AnswerFile(
          FileOfExtension(asked.containing_type(), asked.extension_number()),
          absl::StrCat(asked.containing_type(), " ", asked.extension_number()),
          response);
    }
    case Request::kAllExtensionNumbersOfType:
      return AnswerExtensions(request.all_extension_numbers_of_type(),
                              response);
    case Request::kListServices:
      for (const std::string& name : services_) {
        response->mutable_list_services_response()->add_service()->set_name(
            name);
      }
      return;
    default:
      break;
  }
  auto& error = *response->mutable_error_response();
  error.set_error_code(grpc::StatusCode::INVALID_ARGUMENT);
  error.set_error_message(
      "message_request is not set, or this server does not know it");
}

template class ReflectionService<
    grpc::reflection::v1alpha::ServerReflection::Service,
    grpc::reflection::v1alpha::ServerReflectionRequest,
    grpc::reflection::v1alpha::ServerReflectionResponse>;
template class ReflectionService<
    grpc::reflection::v1::ServerReflection::Service,
    grpc::reflection::v1::ServerReflectionRequest,
    grpc::reflection::v1::ServerReflectionResponse>;

}  // namespace vtlookup
