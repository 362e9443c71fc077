package dev.reprise.cache.index;

import dev.reprise.cache.fingerprint.Fingerprint;
import java.util.Arrays;

/**
 * A wave of look-ups and their answers, in flat arrays: place {@code i} holds what is asked and
 * answered for the caller's {@code i}-th key. May be used again after {@link #clear}; belongs to
 * one thread.
 */
public final class LookupBatch {
  /** The answer for one key. */
  public enum Answer {
    /** Not looked up yet. */
    NONE,
    /** An entry that may be used. */
    HIT,
    /** No entry. */
    NO_ENTRY,
    /** An entry past its producer's time to live or the consumer's maximum age. */
    EXPIRED,
    /** An entry that fails its checksum. */
    ENTRY_CORRUPT,
    /** A blob of the entry is not there, or the store cannot say whether it is. */
    BLOB_MISSING,
    /** A blob of the entry has another size. */
    BLOB_CORRUPT
  }

  private static final Answer[] ANSWERS = Answer.values();

  private int size;
  private byte[] keys = new byte[16 * Fingerprint.BYTES];
  private byte[] answers = new byte[16];
  private boolean[] lasting = new boolean[16];
  private byte[] contents = new byte[16 * Fingerprint.BYTES];
  private long[] durations = new long[16];
  private long[] maxAges = new long[16];

  /** Number of keys asked. */
  public int size() {
    return size;
  }

  /** Empties the batch; its arrays are kept. */
  public void clear() {
    size = 0;
  }

  /**
   * Asks for the key that lies in {@code packed} from {@code offset} on.
   *
   * @param maxAgeMillis older entries are {@code EXPIRED}, all if it is 0; {@link Long#MAX_VALUE}
   *     for any age
   * @return the place of the question and its answer
   */
  public int add(byte[] packed, int offset, long maxAgeMillis) {
    if (size == answers.length) {
      grow();
    }
    System.arraycopy(packed, offset, keys, size * Fingerprint.BYTES, Fingerprint.BYTES);
    answers[size] = (byte) Answer.NONE.ordinal();
    maxAges[size] = maxAgeMillis;
    return size++;
  }

  /** The keys, packed, 32 bytes each; valid for {@link #size} keys. For the index alone. */
  public byte[] keys() {
    return keys;
  }

  /** The oldest age that place {@code i} accepts, in milliseconds. */
  public long maxAgeMillis(int i) {
    return maxAges[i];
  }

  /** Answers place {@code i} with a miss. */
  public void miss(int i, Answer why) {
    answers[i] = (byte) why.ordinal();
  }

  /**
   * Answers place {@code i} with a hit.
   *
   * @param content packed array that holds the content digest from {@code offset} on
   * @param durationNanos what the execution took
   * @param lasts whether it is a hit until the index is changed: it never expires and has no blobs
   */
  public void hit(int i, byte[] content, int offset, long durationNanos, boolean lasts) {
    answers[i] = (byte) Answer.HIT.ordinal();
    lasting[i] = lasts;
    System.arraycopy(content, offset, contents, i * Fingerprint.BYTES, Fingerprint.BYTES);
    durations[i] = durationNanos;
  }

  /** The answer at place {@code i}. */
  public Answer answer(int i) {
    return ANSWERS[answers[i]];
  }

  /** The content digests of hits, packed; place {@code i} lies at {@code 32 * i}. */
  public byte[] contents() {
    return contents;
  }

  /** Whether the hit at place {@code i} is one until the {@link CacheIndex#generation} moves on. */
  public boolean lasting(int i) {
    return lasting[i];
  }

  /** What the execution behind the hit at place {@code i} took, in nanoseconds. */
  public long durationNanos(int i) {
    return durations[i];
  }

  private void grow() {
    int capacity = 2 * answers.length;
    keys = Arrays.copyOf(keys, capacity * Fingerprint.BYTES);
    contents = Arrays.copyOf(contents, capacity * Fingerprint.BYTES);
    answers = Arrays.copyOf(answers, capacity);
    lasting = Arrays.copyOf(lasting, capacity);
    durations = Arrays.copyOf(durations, capacity);
    maxAges = Arrays.copyOf(maxAges, capacity);
  }
}
