#include "addon/start_capture.h"

#include <bit>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "addon/argument.h"
#include "addon/attach_mode.h"
#include "addon/capture_totals_value.h"
#include "addon/guarded.h"
#include "addon/live_session.h"
#include "addon/namespace_argument.h"
#include "kernel/connection_tracking.h"
#include "tap/redaction_rules.h"

namespace podwire::addon {

namespace {

constexpr std::uint32_t kMaxIntegerArgument = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint32_t kMinRingBytes = 1U << 20U;
constexpr std::uint32_t kMaxRingBytes = 1U << 30U;
constexpr std::uint32_t kMaxRings = 64;
constexpr std::uint32_t kMaxQueueBatches = 1U << 20U;

std::uint32_t ring_bytes(const Argument& argument) {
  const std::uint32_t bytes = argument.integer(kMinRingBytes, kMaxRingBytes);
  if (!std::has_single_bit(bytes)) argument.fail("a power of two");
  return bytes;
}

tap::NameSet redacted_names(const Argument& names) {
  const std::vector<Argument> elements = names.elements();
  if (elements.size() > tap::kMaxRedactedNames)
    names.fail("at most " + std::to_string(tap::kMaxRedactedNames) + " names");
  std::vector<std::string> texts;
  for (const Argument& element : elements) {
    texts.push_back(element.text());
    if (texts.back().empty() || texts.back().size() > tap::kMaxRedactedNameBytes) {
      element.fail("a name of 1 to " + std::to_string(tap::kMaxRedactedNameBytes) + " bytes");
    }
  }
  return tap::NameSet(texts);
}

std::shared_ptr<const tap::RedactionRules> redaction_rules(const Argument& redaction) {
  if (redaction.is_absent()) return nullptr;
  return std::make_shared<const tap::RedactionRules>(
      tap::RedactionRules{.headers = redacted_names(redaction.property("headers")),
                          .parameters = redacted_names(redaction.property("parameters")),
                          .bodies_forbidden = redaction.property("bodiesForbidden").boolean(),
                          .unredacted_forbidden = redaction.property("unredactedForbidden").boolean()});
}

LiveSessionOptions session_options(const Argument& options) {
  return {.kernel = {.mode = attach_mode(options.property("attachMode")),
                     .ring_bytes = ring_bytes(options.property("ringBytes")),
                     .rings = options.property("rings").integer(1, kMaxRings)},
          .redaction = redaction_rules(options.property("redaction")),
          .queue_batches = options.property("queueBatches").integer(1, kMaxQueueBatches),
          .on_batches = options.property("onBatches").function(),
          .on_failure = options.property("onFailure").function()};
}

capture::TapDefinition tap_definition(const Argument& tap) {
  const Argument pod = tap.property("pod");
  return {.subject_key = tap.property("subject").text(),
          .tap = tap.property("tap").text(),
          .pod = {.pod_namespace = pod.property("namespace").text(),
                  .name = pod.property("name").text(),
                  .node = pod.property("node").text()},
          .spec = tap.property("spec").bytes()};
}

std::vector<capture::TapDefinition> tap_definitions(const Argument& taps) {
  std::vector<capture::TapDefinition> definitions;
  for (const Argument& tap : taps.elements()) definitions.push_back(tap_definition(tap));
  return definitions;
}

std::uint32_t attachment_id(const Napi::CallbackInfo& info) {
  return Argument(info[0], "attachmentId").integer(0, kMaxIntegerArgument);
}

Napi::Value state_value(Napi::Env env, const kernel::AttachmentState& state) {
  const auto number = [env](std::uint64_t value) { return Napi::Number::New(env, static_cast<double>(value)); };
  Napi::Array interfaces = Napi::Array::New(env, state.interfaces.size());
  for (std::uint32_t index = 0; index < state.interfaces.size(); ++index) {
    Napi::Object interface = Napi::Object::New(env);
    interface.Set("name", Napi::String::New(env, state.interfaces[index].name));
    interface.Set("index", number(state.interfaces[index].index));
    interfaces.Set(index, interface);
  }
  Napi::Object counters = Napi::Object::New(env);
  counters.Set("packets", number(state.counters.packets));
  counters.Set("records", number(state.counters.records));
  counters.Set("bodySkipped", number(state.counters.body_skipped));
  counters.Set("ignored", number(state.counters.ignored));
  counters.Set("ringFull", number(state.counters.ring_full));
  counters.Set("unreadable", number(state.counters.unreadable));
  counters.Set("ipFragment", number(state.counters.ip_fragment));
  Napi::Object value = Napi::Object::New(env);
  value.Set("alive", Napi::Boolean::New(env, state.alive));
  value.Set("interfaces", interfaces);
  value.Set("counters", counters);
  return value;
}

kernel::Loopback loopback_option(const Argument& options) {
  if (options.is_absent()) return kernel::Loopback::kAtOnce;
  const Argument follows = options.property("loopbackFollows");
  return !follows.is_absent() && follows.boolean() ? kernel::Loopback::kFollows : kernel::Loopback::kAtOnce;
}

Napi::Value ids_value(Napi::Env env, const std::vector<std::uint32_t>& ids) {
  Napi::Array values = Napi::Array::New(env, ids.size());
  for (std::uint32_t index = 0; index < ids.size(); ++index) values.Set(index, Napi::Number::New(env, ids[index]));
  return values;
}

capture::TranslatedDestinations translated_destinations(const Argument& translated) {
  capture::TranslatedDestinations destinations;
  destinations.all = translated.property("all").boolean();
  for (const Argument& network : translated.property("networks").elements()) {
    const Argument ip = network.property("ip");
    const std::string octets = ip.bytes();
    tcp::Address address;
    if (octets.size() != 4 && octets.size() != address.bytes.size()) ip.fail("4 or 16 bytes");
    address.version = octets.size() == 4 ? 4 : 6;
    std::memcpy(address.bytes.data(), octets.data(), octets.size());
    const auto most_bits = static_cast<std::uint32_t>(octets.size() * 8);
    destinations.networks.add(address, static_cast<std::uint8_t>(network.property("prefixBits").integer(0, most_bits)));
  }
  destinations.networks.seal();
  return destinations;
}

Napi::Value translation_counters_value(Napi::Env env, const capture::TranslationCounters& counters) {
  const auto number = [env](std::uint64_t value) { return Napi::Number::New(env, static_cast<double>(value)); };
  Napi::Object value = Napi::Object::New(env);
  value.Set("questions", number(counters.questions));
  value.Set("translated", number(counters.translated));
  value.Set("notTracked", number(counters.not_tracked));
  value.Set("failed", number(counters.failed));
  const std::string limitation =
      counters.failed == 0 ? std::string() : kernel::connection_tracking_limitation(counters.last_error);
  value.Set("limitation", Napi::String::New(env, limitation));
  return value;
}

// A method of the returned object, which holds on to the session.
template <typename Body>
void set_method(Napi::Object object, const char* name, const std::shared_ptr<LiveSession>& session, Body body) {
  object.Set(name, Napi::Function::New(
                       object.Env(),
                       [session, body](const Napi::CallbackInfo& info) {
                         return guarded(info.Env(), [&]() -> Napi::Value { return body(info, *session); });
                       },
                       name));
}

Napi::Object capture_object(Napi::Env env, const std::shared_ptr<LiveSession>& session) {
  Napi::Object object = Napi::Object::New(env);
  set_method(object, "attach", session, [](const Napi::CallbackInfo& info, LiveSession& live) -> Napi::Value {
    const kernel::NamespaceSource source = namespace_source({info[0], "source"});
    return Napi::Number::New(info.Env(), live.capture().attach(source, loopback_option({info[1], "options"})));
  });
  set_method(object, "setTaps", session, [](const Napi::CallbackInfo& info, LiveSession& live) -> Napi::Value {
    const std::uint32_t id = attachment_id(info);
    live.capture().set_taps(id, tap_definitions({info[1], "taps"}));
    return info.Env().Undefined();
  });
  set_method(object, "setTranslated", session, [](const Napi::CallbackInfo& info, LiveSession& live) -> Napi::Value {
    live.capture().set_translated(translated_destinations({info[0], "translated"}));
    return info.Env().Undefined();
  });
  set_method(object, "translationCounters", session,
             [](const Napi::CallbackInfo& info, LiveSession& live) -> Napi::Value {
               return translation_counters_value(info.Env(), live.capture().translation_counters());
             });
  set_method(object, "totals", session, [](const Napi::CallbackInfo& info, LiveSession& live) -> Napi::Value {
    return capture_totals_value(info.Env(), live.capture().totals().snapshot());
  });
  set_method(object, "ringFills", session, [](const Napi::CallbackInfo& info, LiveSession& live) -> Napi::Value {
    return ring_fills_value(info.Env(), live.capture().ring_fills());
  });
  set_method(object, "detach", session, [](const Napi::CallbackInfo& info, LiveSession& live) -> Napi::Value {
    live.capture().detach(attachment_id(info));
    return info.Env().Undefined();
  });
  set_method(object, "state", session, [](const Napi::CallbackInfo& info, LiveSession& live) -> Napi::Value {
    return state_value(info.Env(), live.capture().state(attachment_id(info)));
  });
  set_method(object, "changed", session, [](const Napi::CallbackInfo& info, LiveSession& live) -> Napi::Value {
    return ids_value(info.Env(), live.capture().changed());
  });
  set_method(object, "close", session,
             [](const Napi::CallbackInfo& info, LiveSession& live) { return live.close(info.Env()); });
  return object;
}

}  // namespace

Napi::Value start_capture(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const LiveSessionOptions options = session_options({info[0], "options"});
    return capture_object(info.Env(), LiveSession::start(info.Env(), options));
  });
}

}  // namespace podwire::addon
