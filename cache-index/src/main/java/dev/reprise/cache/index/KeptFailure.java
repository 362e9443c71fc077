package dev.reprise.cache.index;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.IndexBatch.Change.PutNote;
import dev.reprise.cache.index.IndexBatch.Change.RemoveNote;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the execution of a unit failed, kept for a while under its key since its task asks for it.
 * Lies among the notes ({@link NoteKind#FAILURE}), where nothing that looks for results comes by: a
 * failure can never be read as one, by no version of Reprise. It is no loss if it goes: the unit is
 * executed again then.
 *
 * @param classes names of the error's class and its superclasses, most special first; at most 32 of
 *     at most 500 characters each
 * @param message of the error, cut to 1,000 characters; null if it had none
 * @param origin which execution failed
 * @param failedMillis when, by the index's clock, in milliseconds since 1970
 * @param untilMillis from when on it does not count any more, likewise
 */
public record KeptFailure(
    CacheKey key,
    List<String> classes,
    @Nullable String message,
    Origin origin,
    long failedMillis,
    long untilMillis) {
  private static final int VERSION = 1;
  private static final int MOST_CLASSES = 32;
  private static final int LONGEST_CLASS = 500;
  private static final int LONGEST_MESSAGE = 1000;

  public KeptFailure {
    checkArgument(!classes.isEmpty(), "the error of %s has no class", key);
    checkArgument(untilMillis >= failedMillis, "the failure of %s ends before it began", key);
    classes = classes.stream().limit(MOST_CLASSES).map(each -> cut(each, LONGEST_CLASS)).toList();
    message = message == null ? null : cut(message, LONGEST_MESSAGE);
  }

  private static String cut(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest - 1) + "…";
  }

  /** Class and message, as the first line of a stack trace has them. */
  public String headline() {
    return message == null ? classes.get(0) : classes.get(0) + ": " + message;
  }

  /**
   * Whether the error is of one of these classes.
   *
   * @param names of classes; subclasses count
   */
  public boolean isOf(Collection<String> names) {
    return classes.stream().anyMatch(names::contains);
  }

  /**
   * From when on it does not count for a reader who believes none that is older.
   *
   * @param mostMillis how old it may be, in milliseconds
   * @return by the index's clock, in milliseconds since 1970
   */
  public long untilMillis(long mostMillis) {
    return Math.min(
        untilMillis,
        mostMillis > Long.MAX_VALUE - Math.max(0, failedMillis)
            ? Long.MAX_VALUE
            : failedMillis + mostMillis);
  }

  /**
   * Whether it counts. One from the future, which a clock that was set back left, does not.
   *
   * @param nowMillis by the index's clock
   * @param mostMillis how old it may be, in milliseconds
   */
  public boolean counts(long nowMillis, long mostMillis) {
    return failedMillis <= nowMillis && nowMillis < untilMillis(mostMillis);
  }

  /** Puts it under its key, over an earlier one. */
  public PutNote put() {
    ByteWriter to = new ByteWriter();
    to.putByte(VERSION).putLong(failedMillis).putLong(untilMillis).putVarint(classes.size());
    classes.forEach(to::putString);
    to.putByte(message == null ? 0 : 1);
    if (message != null) {
      to.putString(message);
    }
    to.putString(origin.run()).putString(origin.pipeline()).putString(origin.step());
    to.putString(origin.label()).putVarint(origin.attempt());
    to.putString(origin.executor()).putVarint(origin.durationNanos()).putString(origin.host());
    Origin.NamedKey named = origin.named();
    to.putByte(named == null ? 0 : 1);
    if (named != null) {
      to.putString(named.cache()).putString(named.text());
    }
    Fingerprint id = key.digest();
    to.putCrc(id.bytes(), 0);
    return new PutNote(NoteKind.FAILURE, id, Bytes.wrap(to.toByteArray()));
  }

  /** Removes what is kept of a failure under the key. */
  public static RemoveNote remove(CacheKey key) {
    return new RemoveNote(NoteKind.FAILURE, key.digest());
  }

  /**
   * Reads it back.
   *
   * @param id under which the note lies
   * @throws BadRecordException if it is damaged, of another key or of another version
   */
  public static KeptFailure decode(Fingerprint id, Bytes value) throws BadRecordException {
    ByteReader from = new ByteReader(value.array()).checked(id.bytes());
    int version = from.getByte();
    if (version != VERSION) {
      throw new BadRecordException("a kept failure of version " + version);
    }
    long failed = from.getLong();
    long until = from.getLong();
    List<String> classes = new ArrayList<>();
    for (int rest = from.getCount(1); rest > 0; rest--) {
      classes.add(from.getString());
    }
    String message = from.getByte() == 0 ? null : from.getString();
    String run = from.getString();
    String pipeline = from.getString();
    String step = from.getString();
    String label = from.getString();
    int attempt = (int) from.getVarint();
    String executor = from.getString();
    long nanos = from.getVarint();
    String host = from.getString();
    Origin.NamedKey named =
        from.getByte() == 0 ? null : new Origin.NamedKey(from.getString(), from.getString());
    from.checkEnd();
    Origin origin = new Origin(run, pipeline, step, label, attempt, executor, nanos, host, named);
    try {
      return new KeptFailure(new CacheKey(id), classes, message, origin, failed, until);
    } catch (IllegalArgumentException e) {
      throw new BadRecordException(String.valueOf(e.getMessage()));
    }
  }
}
