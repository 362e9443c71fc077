package dev.reprise.journal;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.Manifest;
import dev.reprise.executor.ErrorInfo;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Reason;
import dev.reprise.run.RunListener.Change;
import dev.reprise.run.RunListener.Keeping;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The form of what is told of single units: how one ended, and that an attempt is repeated. */
final class UnitForm {
  private static final int UNTOLD = 0;
  private static final int KEPT = 1;
  private static final int NO_RESULT = 2;
  private static final int NOT_KEPT = 3;
  private static final int NO_RUN_KEY = 0;
  private static final int RUN_KEY_IS_KEY = 1;
  private static final int RUN_KEY_OF_ITS_OWN = 2;

  private UnitForm() {}

  /** Differences that units share, with the number under which those name them. */
  record Changes(int number, List<Change> changes) {
    Changes {
      changes = List.copyOf(changes);
    }
  }

  static void writeChanges(RecordWriter to, Changes shared) {
    to.putNumber(shared.number()).putAll(shared.changes(), UnitForm::writeChange);
  }

  static Changes readChanges(RecordReader from) throws BadRecordException {
    return new Changes(from.readInt(), from.readAll(UnitForm::readChange));
  }

  /**
   * @param stepChanges the number of the changes that it shares with others; 0 if there are none
   */
  static void write(RecordWriter to, RecordedUnit unit, int stepChanges) {
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
        .putAll(unit.argumentsChanged(), UnitForm::writeChange)
        .putNullable(unit.manifest().orElse(null), ManifestForm::write)
        .putNumber(stepChanges);
    writeKeeping(to, unit.keeping());
    boolean isKey = unit.runKey().isPresent() && unit.runKey().equals(unit.key());
    to.putByte(
        isKey ? RUN_KEY_IS_KEY : unit.runKey().isPresent() ? RUN_KEY_OF_ITS_OWN : NO_RUN_KEY);
    if (!isKey) {
      unit.runKey().ifPresent(to::putFingerprint);
    }
  }

  /**
   * @param shared the changes that were written so far, by number
   */
  static RecordedUnit read(RecordReader from, Map<Integer, List<Change>> shared)
      throws BadRecordException {
    int node = from.readInt();
    int partition = from.readInt();
    String label = from.readString();
    Outcome outcome = from.readEnum(Outcome.class);
    Reason reason = from.readNullable(UnitForm::readReason);
    Optional<Fingerprint> key = from.readOptional();
    Optional<Fingerprint> content = from.readOptional();
    List<Fingerprint> arguments = from.readDigests();
    int attempts = from.readInt();
    long durationNanos = from.readLong();
    long offsetMillis = from.readLong();
    long outputBytes = from.readLong();
    String message = from.readString();
    ErrorInfo error = from.readNullable(UnitForm::readError);
    List<Change> argumentsChanged = from.readAll(UnitForm::readChange);
    Optional<Manifest> manifest = Optional.ofNullable(from.readNullable(ManifestForm::read));
    // Journals of the first days end here: all changes are the unit's own.
    int stepChanges = from.atEnd() ? 0 : from.readInt();
    Keeping keeping = from.atEnd() ? null : readKeeping(from);
    List<Change> stepChanged = stepChanges == 0 ? List.of() : shared.get(stepChanges);
    if (stepChanged == null) {
      throw new BadRecordException("the journal names changes that it does not tell");
    }
    // Journals of before runs could be resumed end here.
    int form = from.atEnd() ? NO_RUN_KEY : from.readByte();
    Optional<Fingerprint> runKey =
        switch (form) {
          case NO_RUN_KEY -> Optional.empty();
          case RUN_KEY_IS_KEY -> key;
          case RUN_KEY_OF_ITS_OWN -> Optional.of(from.readFingerprint());
          default -> throw new BadRecordException("the journal has a run key of form " + form);
        };
    return new RecordedUnit(
        node,
        partition,
        label,
        outcome,
        reason,
        key,
        content,
        arguments,
        attempts,
        durationNanos,
        offsetMillis,
        outputBytes,
        message,
        error,
        stepChanged,
        argumentsChanged,
        manifest,
        keeping,
        runKey);
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

  /** One byte in most cases: there are as many of these as units that ran. */
  private static void writeKeeping(RecordWriter to, @Nullable Keeping keeping) {
    if (keeping == null) {
      to.putByte(UNTOLD);
      return;
    }
    switch (keeping.state()) {
      case KEPT -> to.putByte(KEPT);
      case NO_RESULT -> to.putByte(NO_RESULT);
      case NOT_KEPT -> to.putByte(NOT_KEPT).putString(keeping.because());
    }
  }

  private static @Nullable Keeping readKeeping(RecordReader from) throws BadRecordException {
    int state = from.readByte();
    return switch (state) {
      case UNTOLD -> null;
      case KEPT -> Keeping.KEPT;
      case NO_RESULT -> Keeping.NO_RESULT;
      case NOT_KEPT -> Keeping.not(from.readString());
      default -> throw new BadRecordException("a result is kept in state " + state);
    };
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
