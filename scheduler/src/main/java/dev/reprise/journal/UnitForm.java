package dev.reprise.journal;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.executor.ErrorInfo;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Reason;
import dev.reprise.run.RunListener.Change;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The form of what is told of single units: how one ended, and that an attempt is repeated. */
final class UnitForm {
  private UnitForm() {}

  static void write(RecordWriter to, RecordedUnit unit) {
    to.putNumber(unit.node())
        .putNumber(unit.partition())
        .putString(unit.label())
        .putString(unit.outcome().name())
        .putNullable(unit.reason(), UnitForm::writeReason)
        .putOptional(unit.key())
        .putOptional(unit.content());
    to.putDigests(unit.arguments());
    to.putNumber(unit.attempts())
        .putNumber(unit.durationNanos())
        .putNumber(unit.offsetMillis())
        .putNumber(unit.outputBytes())
        .putString(unit.message())
        .putNullable(unit.error(), UnitForm::writeError)
        .putAll(unit.changed(), UnitForm::writeChange)
        .putNullable(unit.manifest().orElse(null), ManifestForm::write);
  }

  static RecordedUnit read(RecordReader from) throws BadRecordException {
    return new RecordedUnit(
        from.readInt(),
        from.readInt(),
        from.readString(),
        from.readEnum(Outcome.class),
        from.readNullable(UnitForm::readReason),
        from.readOptional(),
        from.readOptional(),
        from.readDigests(),
        from.readInt(),
        from.readLong(),
        from.readLong(),
        from.readLong(),
        from.readString(),
        from.readNullable(UnitForm::readError),
        from.readAll(UnitForm::readChange),
        Optional.ofNullable(from.readNullable(ManifestForm::read)));
  }

  static void writeRetry(RecordWriter to, RecordedRetry retry) {
    to.putNumber(retry.node())
        .putNumber(retry.partition())
        .putString(retry.label())
        .putNumber(retry.attempt())
        .putNumber(retry.pause().toMillis())
        .putNumber(retry.offsetMillis())
        .putString(retry.message())
        .putNullable(retry.error(), UnitForm::writeError);
  }

  static RecordedRetry readRetry(RecordReader from) throws BadRecordException {
    return new RecordedRetry(
        from.readInt(),
        from.readInt(),
        from.readString(),
        from.readInt(),
        Duration.ofMillis(from.readLong()),
        from.readLong(),
        from.readString(),
        from.readNullable(UnitForm::readError));
  }

  private static void writeReason(RecordWriter to, Reason reason) {
    to.putString(reason.code().name()).putString(reason.detail());
  }

  private static Reason readReason(RecordReader from) throws BadRecordException {
    return new Reason(from.readEnum(Reason.Code.class), from.readString());
  }

  private static void writeChange(RecordWriter to, Change change) {
    to.putString(change.part()).putString(change.before()).putString(change.now());
  }

  private static Change readChange(RecordReader from) throws BadRecordException {
    return new Change(from.readString(), from.readString(), from.readString());
  }

  private static void writeError(RecordWriter to, ErrorInfo error) {
    to.putStrings(error.classes())
        .putNullable(error.message(), RecordWriter::putString)
        .putStrings(error.stack())
        .putNullable(error.cause(), UnitForm::writeError)
        .putAll(error.suppressed(), UnitForm::writeError);
  }

  private static ErrorInfo readError(RecordReader from) throws BadRecordException {
    List<String> classes = from.readStrings();
    return new ErrorInfo(
        classes,
        from.readNullable(RecordReader::readString),
        from.readStrings(),
        from.readNullable(UnitForm::readError),
        from.readAll(UnitForm::readError));
  }
}
