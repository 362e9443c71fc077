package dev.reprise.cache.index;

import static dev.reprise.cache.testing.Samples.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.testing.SeededTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeptFailureTest {
  private static KeptFailure failure(Random random) {
    List<String> classes = new ArrayList<>(List.of("a.B"));
    for (int i = random.nextInt(4); i > 0; i--) {
      classes.add("c.D" + random.nextInt());
    }
    @Nullable String message = random.nextBoolean() ? null : "said " + random.nextLong();
    Origin.NamedKey named = random.nextBoolean() ? null : new Origin.NamedKey("n", "k\u00fc");
    Origin origin =
        new Origin(
            "run",
            "p",
            "s",
            random.nextBoolean() ? "" : "l",
            1 + random.nextInt(9),
            "local",
            random.nextInt(1 << 30),
            "",
            named);
    long at = random.nextInt(1 << 30);
    return new KeptFailure(
        key(random.nextInt(9)), classes, message, origin, at, at + random.nextInt(1 << 20));
  }

  private static KeptFailure of(String message, List<String> classes) {
    Origin origin = new Origin("run", "p", "s", "l", 2, "local", 5, "");
    return new KeptFailure(key(1), classes, message, origin, 1_000, 2_000);
  }

  @SeededTest
  void failure_writtenAndRead_isTheSame(Random random) throws Exception {
    KeptFailure failure = failure(random);
    assertThat(KeptFailure.decode(failure.key().digest(), failure.put().value()))
        .isEqualTo(failure);
    assertThat(failure.put().kind()).isEqualTo(NoteKind.FAILURE);
  }

  @SeededTest
  void failure_damagedCutOrOfAnotherKey_isABadRecord(Random random) {
    KeptFailure failure = failure(random);
    Fingerprint id = failure.key().digest();
    byte[] good = failure.put().value().array();
    byte[] flipped = good.clone();
    flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
    byte[] cut = Arrays.copyOf(good, random.nextInt(good.length));
    byte[] noise = new byte[random.nextInt(200)];
    random.nextBytes(noise);
    for (byte[] bad : List.of(flipped, cut, noise)) {
      assertThatExceptionOfType(BadRecordException.class)
          .isThrownBy(() -> KeptFailure.decode(id, Bytes.wrap(bad)));
    }
    assertThatExceptionOfType(BadRecordException.class)
        .isThrownBy(() -> KeptFailure.decode(key(99).digest(), Bytes.wrap(good)));
  }

  /** The form as it was first written must go on being read. */
  @Test
  void failure_ofTheFirstVersion_isRead() throws Exception {
    String written =
        HexFormat.of().formatHex(of("no", List.of("a.B", "c.D")).put().value().array());
    assertThat(written)
        .startsWith(
            "0100000000000003e800000000000007d00203612e4203632e4401026e6f0372756e01700173016c02"
                + "056c6f63616c050000");
    assertThat(KeptFailure.decode(key(1).digest(), Bytes.wrap(HexFormat.of().parseHex(written))))
        .isEqualTo(of("no", List.of("a.B", "c.D")));
  }

  @Test
  void failure_ofALongMessageAndManyClasses_isCut() throws Exception {
    List<String> classes = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      classes.add("x".repeat(600) + i);
    }
    KeptFailure failure = of("m".repeat(100_000), classes);
    assertThat(failure.classes()).hasSize(32).allMatch(each -> each.length() == 500);
    assertThat(failure.message()).hasSize(1000);
    assertThat(failure.put().value().size()).isLessThan(20_000);
    assertThat(failure.isOf(classes)).as("of a class whose name was cut").isFalse();
  }

  @Test
  void counts_betweenItsTimesAndAsLongAsTheReaderSays() {
    KeptFailure failure = of("no", List.of("a.B"));
    assertThat(failure.counts(999, Long.MAX_VALUE)).as("from the future").isFalse();
    assertThat(failure.counts(1_000, Long.MAX_VALUE)).isTrue();
    assertThat(failure.counts(1_999, Long.MAX_VALUE)).isTrue();
    assertThat(failure.counts(2_000, Long.MAX_VALUE)).isFalse();
    assertThat(failure.counts(1_499, 500)).isTrue();
    assertThat(failure.counts(1_500, 500)).isFalse();
    assertThat(failure.counts(1_000, 0)).isFalse();
    assertThat(failure.isOf(List.of("x.Y", "a.B"))).isTrue();
    assertThat(failure.isOf(List.of("a.b"))).isFalse();
  }
}
