package dev.reprise.executor.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.testing.SeededTest;
import dev.reprise.executor.Answer;
import dev.reprise.executor.Argument;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
  private static final int VERSION_AT = 4;

  @SeededTest(seeds = 200)
  void pack_anyChunk_comesBackEqual(Random random) throws EnvelopeException {
    WorkChunk chunk = new Samples(random).chunk();

    Envelope.check(chunk);
    assertThat(Envelope.unpackChunk(Envelope.pack(chunk))).isEqualTo(chunk);
  }

  @SeededTest(seeds = 200)
  void pack_anyAnswers_comeBackEqualAndInOrder(Random random) throws EnvelopeException {
    List<Answer> answers = answers(random);

    assertThat(Envelope.unpackAnswers(Envelope.pack(answers))).isEqualTo(answers);
  }

  @SeededTest(seeds = 5)
  void unpack_truncatedAnywhere_isRefused(Random random) throws EnvelopeException {
    byte[] chunk = Envelope.pack(new Samples(random).chunk());
    for (int length = 0; length < chunk.length; length++) {
      byte[] cut = Arrays.copyOf(chunk, length);

      assertThatExceptionOfType(EnvelopeException.class)
          .isThrownBy(() -> Envelope.unpackChunk(cut));
    }
  }

  @SeededTest(seeds = 5)
  void unpack_anyBitFlipped_isRefused(Random random) throws EnvelopeException {
    byte[] bytes = Envelope.pack(answers(random));
    for (int bit = 0; bit < 8 * bytes.length; bit++) {
      bytes[bit / 8] ^= (byte) (1 << bit % 8);

      assertThatExceptionOfType(EnvelopeException.class)
          .isThrownBy(() -> Envelope.unpackAnswers(bytes));
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
    }
  }

  /** Nobody but a program error makes such bytes; the decoder must not depend on its absence. */
  @SeededTest(seeds = 100)
  void unpack_garbageWithRightChecksum_isReadOrRefused(Random random) throws EnvelopeException {
    byte[] chunk = Envelope.pack(new Samples(random).chunk());
    byte[] answers = Envelope.pack(answers(random));
    for (int i = 0; i < 100; i++) {
      try {
        Envelope.unpackChunk(withRightChecksum(spoilt(chunk, random)));
        Envelope.unpackAnswers(withRightChecksum(spoilt(answers, random)));
      } catch (EnvelopeException e) {
        assertThat(e).hasMessageContaining("bytes are not");
      }
    }
  }

  @Test
  void unpack_listOfTwoBillion_isRefusedWithoutAllocatingIt() {
    byte[] body = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x07};
    ByteWriter out = new ByteWriter().putInt(0x52505253).putByte(Envelope.VERSION).putByte(2);
    byte[] bytes = out.putRaw(body, 0, body.length).putInt(0).toByteArray();

    assertThatExceptionOfType(EnvelopeException.class)
        .isThrownBy(() -> Envelope.unpackAnswers(withRightChecksum(bytes)))
        .withMessageContaining("2147483647");
  }

  @Test
  void unpack_nestedWithoutEnd_isRefused() throws EnvelopeException {
    Argument argument = new Argument.Listed(List.of());
    for (int depth = 0; depth < 100; depth++) {
      argument = new Argument.Listed(List.of(argument));
    }
    byte[] bytes = Envelope.pack(chunkOf(argument));

    assertThatExceptionOfType(EnvelopeException.class)
        .isThrownBy(() -> Envelope.unpackChunk(bytes))
        .withMessageContaining("nested deeper than 64");
  }

  @Test
  void unpack_otherVersion_isRefusedWithBothVersions() throws EnvelopeException {
    byte[] bytes = Envelope.pack(List.of());
    bytes[VERSION_AT] = 7;

    assertThatExceptionOfType(EnvelopeException.class)
        .isThrownBy(() -> Envelope.unpackAnswers(bytes))
        .withMessageContaining("version 7 arrived where version 5 is read")
        .withMessageContaining("give both the same");
  }

  @Test
  void unpack_otherKind_isRefused() throws EnvelopeException {
    byte[] answers = Envelope.pack(List.of());

    assertThatExceptionOfType(EnvelopeException.class)
        .isThrownBy(() -> Envelope.unpackChunk(answers))
        .withMessageContaining("not a work chunk");
  }

  @Test
  void pack_liveValueInAList_isRefusedWithStepAndPlace() {
    Argument live = new Argument.Live(new Object());
    WorkChunk chunk = chunkOf(new Argument.Listed(List.of(live)));

    for (ThrowingCallable work :
        List.<ThrowingCallable>of(() -> Envelope.pack(chunk), () -> Envelope.check(chunk))) {
      assertThatExceptionOfType(EnvelopeException.class)
          .isThrownBy(work)
          .withMessageContaining("step 'train' cannot leave the driver: its argument 1")
          .withMessageContaining("local(...)");
    }
  }

  private static List<Answer> answers(Random random) {
    List<Answer> answers = new ArrayList<>();
    for (int left = random.nextInt(4); left >= 0; left--) {
      answers.add(new Samples(random).answer());
    }
    return answers;
  }

  private static WorkChunk chunkOf(Argument argument) {
    WorkChunk any = new Samples(new Random(1)).chunk();
    TaskCode code =
        new TaskCode(
            any.code().method(),
            any.code().kind(),
            List.of(),
            false,
            any.code().shape(),
            List.of(),
            0);
    return new WorkChunk(
        "r1", "train", code, any.resources(), List.of(new UnitWork(1, "", List.of(argument))));
  }

  private static byte[] spoilt(byte[] bytes, Random random) {
    byte[] spoilt = bytes.clone();
    for (int left = random.nextInt(4); left >= 0; left--) {
      int at = 6 + random.nextInt(spoilt.length - 6);
      spoilt[at] = (byte) (random.nextBoolean() ? random.nextInt() : 0xff);
    }
    return spoilt;
  }

  private static byte[] withRightChecksum(byte[] bytes) {
    int body = bytes.length - 4;
    return new ByteWriter().putRaw(bytes, 0, body).putCrc(new byte[0], 0).toByteArray();
  }
}
