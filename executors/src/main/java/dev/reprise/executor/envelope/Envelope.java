package dev.reprise.executor.envelope;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.executor.Answer;
import dev.reprise.executor.WorkChunk;
import java.util.List;

/**
 * Turns work chunks and answers into bytes and back.
 *
 * <p>An envelope is: the letters {@code RPRS}, a version and a kind (one byte each), the body,
 * whose parts have their length in front, and the CRC-32C of all that. A reader takes its own
 * version alone: driver and workers of one run are of one release, and a mixture is refused before
 * user code runs.
 */
public final class Envelope {
  static final int VERSION = 5;

  private static final int MAGIC = 0x52505253;
  private static final byte[] NO_SEED = {};

  private static final int CHUNK = 1;
  private static final int ANSWERS = 2;

  private Envelope() {}

  /**
   * Checks that a chunk can be packed, without doing so.
   *
   * @throws EnvelopeException as from {@link #pack(WorkChunk)}
   */
  public static void check(WorkChunk chunk) throws EnvelopeException {
    ChunkForm.check(chunk);
  }

  /**
   * Packs a chunk.
   *
   * @throws EnvelopeException if an argument is a value of the driver's process alone; names it
   */
  public static byte[] pack(WorkChunk chunk) throws EnvelopeException {
    ByteWriter out = begin(CHUNK);
    ChunkForm.write(chunk, out);
    return end(out);
  }

  /**
   * Unpacks what {@link #pack(WorkChunk)} made.
   *
   * @throws EnvelopeException if the bytes are anything else
   */
  public static WorkChunk unpackChunk(byte[] bytes) throws EnvelopeException {
    return unpack(bytes, CHUNK, "a work chunk", ChunkForm::read);
  }

  /** Packs answers; there may be none. */
  public static byte[] pack(List<Answer> answers) {
    ByteWriter out = begin(ANSWERS);
    Parts.putList(answers, out, AnswerForm::write);
    return end(out);
  }

  /**
   * Unpacks what {@link #pack(List)} made, in its order.
   *
   * @throws EnvelopeException if the bytes are anything else
   */
  public static List<Answer> unpackAnswers(byte[] bytes) throws EnvelopeException {
    return unpack(
        bytes,
        ANSWERS,
        "a list of answers",
        in -> Parts.getList(in, AnswerForm.LEAST_BYTES, AnswerForm::read));
  }

  private static ByteWriter begin(int kind) {
    return new ByteWriter().putInt(MAGIC).putByte(VERSION).putByte(kind);
  }

  private static byte[] end(ByteWriter out) {
    return out.putCrc(NO_SEED, 0).toByteArray();
  }

  private static <T> T unpack(byte[] bytes, int kind, String what, Parts.Reader<T> form)
      throws EnvelopeException {
    try {
      ByteReader body = checked(bytes, kind);
      T value = form.read(body);
      body.checkEnd();
      return value;
    } catch (BadRecordException | IllegalArgumentException e) {
      // The latter where a record of ours refuses what cannot be.
      throw new EnvelopeException(
          "these " + bytes.length + " bytes are not " + what + ": " + e.getMessage(), e);
    }
  }

  private static ByteReader checked(byte[] bytes, int kind)
      throws BadRecordException, EnvelopeException {
    ByteReader frame = new ByteReader(bytes);
    if (frame.getInt() != MAGIC) {
      throw new BadRecordException("they do not begin like an envelope");
    }
    int version = frame.getByte();
    // Before anything that another version may do otherwise, the checksum included.
    if (version != VERSION) {
      throw new EnvelopeException(
          "an envelope of version "
              + version
              + " arrived where version "
              + VERSION
              + " is read: driver and worker run different releases of Reprise; give both the same",
          null);
    }
    ByteReader body = new ByteReader(bytes).checked(NO_SEED);
    body.skip(frame.position());
    int found = body.getByte();
    if (found != kind) {
      throw new BadRecordException("they are of kind " + found + ", wanted " + kind);
    }
    return body;
  }
}
