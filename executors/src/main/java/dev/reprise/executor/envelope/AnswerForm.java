package dev.reprise.executor.envelope;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.store.DamagedBlobException.Damage;
import dev.reprise.cache.store.Manifest;
import dev.reprise.executor.Answer;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Cancelled;
import dev.reprise.executor.AttemptResult.InputDamaged;
import dev.reprise.executor.AttemptResult.InputUnreadable;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.AttemptResult.UserError;
import dev.reprise.executor.ErrorInfo;
import dev.reprise.executor.Platform;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How an answer looks in an envelope. */
final class AnswerForm {
  /** No answer has fewer bytes. */
  static final int LEAST_BYTES = Long.BYTES + 1 + Long.BYTES + Parts.LEAST_BYTES;

  private static final int LEAST_ERROR_BYTES = 5;

  private static final int SUCCESS = 1;
  private static final int USER_ERROR = 2;
  private static final int INPUT_DAMAGED = 3;
  private static final int LOST = 4;
  private static final int CANCELLED = 5;
  private static final int INPUT_UNREADABLE = 6;

  private static final int MISSING = 1;
  private static final int ALTERED = 2;
  private static final int UNREADABLE = 3;

  private AnswerForm() {}

  static void write(Answer answer, ByteWriter to) {
    AttemptResult result = answer.result();
    int kind =
        result.<Integer>fold(
            success -> SUCCESS,
            userError -> USER_ERROR,
            inputDamaged -> INPUT_DAMAGED,
            inputUnreadable -> INPUT_UNREADABLE,
            lost -> LOST,
            cancelled -> CANCELLED);
    to.putLong(answer.attempt()).putByte(kind);
    to.putLong(result.durationNanos()).putBytes(result.output().array());
    if (result instanceof Success success) {
      PartitionForm.writeManifest(success.manifest(), to);
      Parts.putOptional(success.notKept(), to);
      to.putString(success.host());
      Parts.putList(
          List.copyOf(success.dataVersions().entrySet()),
          to,
          (entry, out) -> out.putString(entry.getKey()).putString(entry.getValue()));
      to.putInt(success.platform().java()).putString(success.platform().processor());
    } else if (result instanceof UserError userError) {
      writeError(userError.error(), to);
      Parts.putOptional(userError.notKept(), to);
    } else if (result instanceof InputDamaged damaged) {
      PartitionForm.writeBlob(damaged.blob(), to);
      to.putByte(
          switch (damaged.damage()) {
            case MISSING -> MISSING;
            case ALTERED -> ALTERED;
            case UNREADABLE -> UNREADABLE;
          });
      to.putString(damaged.why());
    } else if (result instanceof InputUnreadable unreadable) {
      to.putInt(unreadable.argument());
      Parts.putFingerprint(unreadable.content(), to);
      to.putString(unreadable.why());
    } else if (result instanceof Lost lost) {
      to.putString(lost.why());
    }
  }

  static Answer read(ByteReader from) throws BadRecordException {
    long attempt = from.getLong();
    int kind = from.getByte();
    long nanos = from.getLong();
    Bytes output = Parts.getBytes(from);
    AttemptResult result =
        switch (kind) {
          case SUCCESS -> readSuccess(from, nanos, output);
          case USER_ERROR ->
              new UserError(readError(from, 0), nanos, output, Parts.getOptional(from));
          case INPUT_DAMAGED ->
              new InputDamaged(
                  PartitionForm.readBlob(from), readDamage(from), from.getString(), nanos, output);
          case INPUT_UNREADABLE ->
              new InputUnreadable(
                  from.getInt(), Parts.getFingerprint(from), from.getString(), nanos, output);
          case LOST -> new Lost(from.getString(), nanos, output);
          case CANCELLED -> new Cancelled(nanos, output);
          default -> throw new BadRecordException("an answer is of kind " + kind);
        };
    return new Answer(attempt, result);
  }

  private static Damage readDamage(ByteReader from) throws BadRecordException {
    int kind = from.getByte();
    return switch (kind) {
      case MISSING -> Damage.MISSING;
      case ALTERED -> Damage.ALTERED;
      case UNREADABLE -> Damage.UNREADABLE;
      default -> throw new BadRecordException("damage is of kind " + kind);
    };
  }

  private static Success readSuccess(ByteReader from, long nanos, Bytes output)
      throws BadRecordException {
    Manifest manifest = PartitionForm.readManifest(from);
    String notKept = Parts.getOptional(from);
    String host = from.getString();
    Map<String, String> versions = new HashMap<>();
    for (Map.Entry<String, String> entry :
        Parts.getList(
            from, 2 * Parts.LEAST_BYTES, in -> Map.entry(in.getString(), in.getString()))) {
      versions.put(entry.getKey(), entry.getValue());
    }
    Platform platform = new Platform(from.getInt(), from.getString());
    return new Success(manifest, nanos, output, notKept, host, versions, platform);
  }

  private static void writeError(ErrorInfo error, ByteWriter to) {
    Parts.putStrings(error.classes(), to);
    Parts.putOptional(error.message(), to);
    Parts.putStrings(error.stack(), to);
    ErrorInfo cause = error.cause();
    Parts.putBoolean(cause != null, to);
    if (cause != null) {
      writeError(cause, to);
    }
    Parts.putList(error.suppressed(), to, AnswerForm::writeError);
  }

  private static ErrorInfo readError(ByteReader from, int depth) throws BadRecordException {
    Parts.checkDepth(depth);
    List<String> classes = Parts.getStrings(from);
    String message = Parts.getOptional(from);
    List<String> stack = Parts.getStrings(from);
    @Nullable ErrorInfo cause = Parts.getBoolean(from) ? readError(from, depth + 1) : null;
    return new ErrorInfo(
        classes,
        message,
        stack,
        cause,
        Parts.getList(from, LEAST_ERROR_BYTES, in -> readError(in, depth + 1)));
  }
}
