package dev.reprise.ray.worker;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.executor.Answer;
import dev.reprise.executor.envelope.Envelope;
import dev.reprise.executor.envelope.EnvelopeException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a {@link ChunkRunner} answers.
 *
 * @param busyNanos from its first line to its last, in nanoseconds
 * @param abandoned whether a unit did not end when it was asked to and goes on in its thread
 * @param answers in the order of the units
 * @param notStarted attempts that nobody began, since one before them was abandoned or those before
 *     them took too long
 */
public record ChunkReply(
    long busyNanos, boolean abandoned, List<Answer> answers, List<Long> notStarted) {
  public ChunkReply {
    answers = List.copyOf(answers);
    notStarted = List.copyOf(notStarted);
  }

  byte[] encode() {
    ByteWriter out = new ByteWriter();
    out.putLong(busyNanos).putByte(abandoned ? 1 : 0).putBytes(Envelope.pack(answers));
    out.putVarint(notStarted.size());
    notStarted.forEach(out::putLong);
    return out.toByteArray();
  }

  /**
   * Unpacks a reply.
   *
   * @throws EnvelopeException if the answers are of another release
   * @throws BadRecordException if the bytes are anything else
   */
  public static ChunkReply decode(byte[] bytes) throws EnvelopeException, BadRecordException {
    ByteReader in = new ByteReader(bytes);
    long busy = in.getLong();
    boolean abandoned = in.getByte() == 1;
    List<Answer> answers = Envelope.unpackAnswers(in.getBytes());
    List<Long> notStarted = new ArrayList<>();
    int count = in.getCount(Long.BYTES);
    for (int i = 0; i < count; i++) {
      notStarted.add(in.getLong());
    }
    return new ChunkReply(busy, abandoned, answers, notStarted);
  }
}
