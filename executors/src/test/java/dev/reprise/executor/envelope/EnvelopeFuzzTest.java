package dev.reprise.executor.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.testing.Fuzzer;
import dev.reprise.executor.Answer;
import dev.reprise.executor.WorkChunk;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Any bytes are a chunk or answers that are packed as they came, or are refused in our words. */
final class EnvelopeFuzzTest implements Fuzzer {
  @Override
  public List<byte[]> seeds() throws EnvelopeException {
    List<byte[]> seeds = new ArrayList<>();
    for (int seed = 0; seed < 5; seed++) {
      Samples samples = new Samples(new Random(seed));
      seeds.add(Envelope.pack(samples.chunk()));
      seeds.add(Envelope.pack(List.of(samples.answer(), samples.answer())));
    }
    return seeds;
  }

  @Override
  public void check(byte[] any) {
    checkEnvelope(any);
    int length = Math.max(0, any.length - Integer.BYTES);
    checkEnvelope(new ByteWriter().putRaw(any, 0, length).putCrc(new byte[0], 0).toByteArray());
  }

  private static void checkEnvelope(byte[] any) {
    try {
      WorkChunk chunk = Envelope.unpackChunk(any);
      assertThat(Envelope.unpackChunk(Envelope.pack(chunk))).isEqualTo(chunk);
    } catch (EnvelopeException e) {
      // refused
    }
    try {
      List<Answer> answers = Envelope.unpackAnswers(any);
      assertThat(Envelope.unpackAnswers(Envelope.pack(answers))).isEqualTo(answers);
    } catch (EnvelopeException e) {
      // refused
    }
  }
}
