#include "exchange/gap_cause.h"

namespace podwire::exchange {

MissingSet missing_for(tcp::GapCause cause) {
  switch (cause) {
    case tcp::GapCause::kJoinedLate:
      return only(Missing::kJoinedLate);
    case tcp::GapCause::kReorderTimeout:
    case tcp::GapCause::kReorderBufferFull:
      return only(Missing::kReorderedTooLong);
    case tcp::GapCause::kNotCaptured:
    case tcp::GapCause::kBodyLeftOut:
      return only(Missing::kTruncated);
    case tcp::GapCause::kAcknowledgedUnseen:
    case tcp::GapCause::kSequenceJump:
      break;
  }
  return only(Missing::kLostPackets);
}

std::optional<LossCause> loss_for(tcp::GapCause cause) {
  switch (cause) {
    case tcp::GapCause::kReorderTimeout:
      return LossCause::kReorderTimeout;
    case tcp::GapCause::kReorderBufferFull:
      return LossCause::kReorderBufferFull;
    case tcp::GapCause::kNotCaptured:
    case tcp::GapCause::kBodyLeftOut:  // where it was none
      return LossCause::kSegmentNotCaptured;
    case tcp::GapCause::kJoinedLate:
    case tcp::GapCause::kAcknowledgedUnseen:
    case tcp::GapCause::kSequenceJump:
      break;
  }
  return std::nullopt;
}

Ending ending_for(tcp::CloseCause cause) {
  switch (cause) {
    case tcp::CloseCause::kEnded:
      return {};
    case tcp::CloseCause::kReused:
      return {.missing = only(Missing::kLostPackets)};
    case tcp::CloseCause::kEvicted:
      return {.how = End::kDetached, .missing = only(Missing::kEvicted)};
    case tcp::CloseCause::kIdle:
      return {.how = End::kDetached, .missing = only(Missing::kIdle)};
    case tcp::CloseCause::kDetached:
      break;
  }
  return {.how = End::kDetached};
}

}  // namespace podwire::exchange
