package dev.reprise.journal;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * The form of a journal file.
 *
 * <pre>
 * file    = magic, frame …
 * frame   = length of payload (int), CRC-32C over length and payload (int), payload
 * payload = version (byte), type (byte), fields of the type
 * </pre>
 *
 * Numbers in frames are big-endian; fields are those of {@link RecordWriter}. A frame is written
 * whole or not at all as far as readers can tell: one that is cut short or fails its checksum ends
 * the journal there, and what was before it stands. The first frame is the {@code HEADER}; the last
 * two of a run that ended are its {@code SUMMARY} and an {@code END} that says where the summary
 * begins, so that a list of runs reads two frames of each.
 */
final class JournalFormat {
  /** What every journal begins with. */
  private static final String MAGIC = "reprise\n";

  /** The newest version of payloads that this code reads. */
  static final byte VERSION = 2;

  /** Bytes of the magic. */
  static final int MAGIC_BYTES = MAGIC.length();

  /** Bytes of a frame in front of its payload. */
  static final int FRAME_BYTES = 8;

  /** Bytes of a payload in front of its fields. */
  static final int PREFIX_BYTES = 2;

  /** Bytes of the {@code END} frame, whose one field is a long of fixed size. */
  static final int END_BYTES = FRAME_BYTES + PREFIX_BYTES + 8;

  /** Longest payload that is believed. */
  static final int MOST_PAYLOAD = 1 << 30;

  private JournalFormat() {}

  /** What a record tells. The number is in the file: never use one again for something else. */
  enum RecordType {
    /** What is known when the run begins, with the graph. */
    HEADER(1),
    /** What planning found. */
    PLAN(2),
    /** A unit that was not cached ended. */
    UNIT(3),
    /** A step ended: labels, key parts, and all its cached units in a block. */
    STEP(4),
    /** An attempt failed and is repeated. */
    RETRY(5),
    /** A warning. */
    WARNING(6),
    /** How the run ended. */
    SUMMARY(7),
    /** Where the summary begins. */
    END(8),
    /** How the parts of a step's keys differ from earlier ones, for units that follow. */
    CHANGES(9),
    /** A step ended: as STEP, but most of its cached units are told by a linked journal. */
    STEP_ON_BASE(10, 2),
    /** Of a later version, to be skipped. */
    UNKNOWN(-1);

    private static final RecordType[] ALL = values();

    private final int code;
    private final int version;

    RecordType(int code) {
      this(code, 1);
    }

    RecordType(int code, int version) {
      this.code = code;
      this.version = version;
    }

    /** The version of its payloads: code that reads it reads all of the journal. */
    int version() {
      return version;
    }

    int code() {
      return code;
    }

    static RecordType of(int code) {
      for (RecordType type : ALL) {
        if (type.code == code) {
          return type;
        }
      }
      return UNKNOWN;
    }
  }

  static byte[] magic() {
    return MAGIC.getBytes(US_ASCII);
  }
}
