package dev.reprise.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.testing.SeededTest;
import dev.reprise.explain.StepParts.ArgumentKind;
import dev.reprise.explain.StepParts.ArgumentPart;
import dev.reprise.explain.UnitHistory.Variant;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PartsFormatTest {
  @SeededTest
  void parts_any_comeBackEqual(Random random) throws IOException {
    StepParts parts = parts(random);
    assertThat(PartsFormat.decodeParts(PartsFormat.encode(parts))).isEqualTo(parts);
  }

  @SeededTest
  void history_any_comesBackEqual(Random random) throws IOException {
    UnitHistory history = history(random);
    assertThat(PartsFormat.decodeHistory(PartsFormat.encode(history))).isEqualTo(history);
  }

  @Test
  void parts_equalOnes_haveEqualBytes() {
    assertThat(PartsFormat.encode(parts(new Random(7))))
        .isEqualTo(PartsFormat.encode(parts(new Random(7))));
  }

  @Test
  void parts_namesOfManyKilobytes_comeBackEqual() throws IOException {
    String huge = "name".repeat(50_000);
    TreeMap<String, Fingerprint> code = new TreeMap<>();
    code.put(huge, fingerprint(new Random(1)));
    TreeMap<String, String> engine = new TreeMap<>();
    engine.put(huge, huge);
    StepParts parts =
        new StepParts(
            huge,
            huge,
            huge,
            huge,
            code,
            engine,
            List.of(new ArgumentPart(huge, huge, ArgumentKind.GIVEN, huge)),
            List.of(huge));
    assertThat(PartsFormat.decodeParts(PartsFormat.encode(parts))).isEqualTo(parts);
  }

  @Test
  void parts_ofANewerVersion_areRefused() {
    byte[] bytes = PartsFormat.encode(parts(new Random(1))).array().clone();
    bytes[0] = 4;
    assertThatIOException()
        .isThrownBy(() -> PartsFormat.decodeParts(Bytes.wrap(bytes)))
        .withMessage("key parts: version 4, this program reads 3");
  }

  @Test
  void parts_ofVersionOne_haveNoCaveats() throws IOException {
    TreeMap<String, String> engine = new TreeMap<>();
    engine.put("timeZone", "UTC");
    StepParts parts = new StepParts("t", "", "()V", "BODY", new TreeMap<>(), engine, List.of());
    byte[] now = PartsFormat.encode(parts).array();
    byte[] before = Arrays.copyOf(now, now.length - 1); // it ended before the number of caveats
    before[0] = 1;
    assertThat(PartsFormat.decodeParts(Bytes.wrap(before))).isEqualTo(parts);
  }

  @Test
  void history_ofANewerVersion_isRefused() {
    byte[] bytes = PartsFormat.encode(history(new Random(1))).array().clone();
    bytes[0] = 9;
    assertThatIOException()
        .isThrownBy(() -> PartsFormat.decodeHistory(Bytes.wrap(bytes)))
        .withMessage("a unit's history: version 9, this program reads 1");
  }

  @SeededTest
  void parts_cutAnywhere_areRefused(Random random) {
    byte[] bytes = PartsFormat.encode(parts(random)).array();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatIOException().isThrownBy(() -> PartsFormat.decodeParts(Bytes.wrap(cut)));
    }
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    assertThatIOException().isThrownBy(() -> PartsFormat.decodeParts(Bytes.wrap(longer)));
  }

  @SeededTest
  void history_cutAnywhere_isRefused(Random random) {
    byte[] bytes = PartsFormat.encode(history(random)).array();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatIOException().isThrownBy(() -> PartsFormat.decodeHistory(Bytes.wrap(cut)));
    }
  }

  @SeededTest(seeds = 200)
  void decode_damagedBytes_areRefusedOrReadButNothingElseIsThrown(Random random) {
    byte[] parts = PartsFormat.encode(parts(random)).array().clone();
    byte[] history = PartsFormat.encode(history(random)).array().clone();
    for (int i = 0; i < 20; i++) {
      parts[1 + random.nextInt(parts.length - 1)] = (byte) random.nextInt();
      history[random.nextInt(history.length)] = (byte) random.nextInt();
      try {
        PartsFormat.decodeParts(Bytes.wrap(parts));
      } catch (IOException refused) {
        assertThat(refused).hasMessageStartingWith("key parts");
      }
      try {
        PartsFormat.decodeHistory(Bytes.wrap(history));
      } catch (IOException refused) {
        assertThat(refused).hasMessageStartingWith("a unit's history");
      }
    }
  }

  private static StepParts parts(Random random) {
    TreeMap<String, Fingerprint> code = new TreeMap<>();
    TreeMap<String, String> engine = new TreeMap<>();
    List<ArgumentPart> arguments = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      code.put(text(random), fingerprint(random));
      engine.put(text(random), text(random));
      ArgumentKind kind = ArgumentKind.values()[random.nextInt(ArgumentKind.values().length)];
      arguments.add(new ArgumentPart(text(random), text(random), kind, text(random)));
    }
    return new StepParts(
        text(random),
        text(random),
        text(random),
        text(random),
        code,
        engine,
        arguments,
        random.ints(random.nextInt(3)).mapToObj(any -> text(random)).toList());
  }

  private static UnitHistory history(Random random) {
    UnitHistory history = UnitHistory.EMPTY;
    for (int i = random.nextInt(UnitHistory.MOST + 1); i > 0; i--) {
      List<Fingerprint> arguments = new ArrayList<>();
      for (int j = random.nextInt(4); j > 0; j--) {
        arguments.add(fingerprint(random));
      }
      history =
          history.with(
              new Variant(fingerprint(random), fingerprint(random), text(random), arguments));
    }
    return history;
  }

  private static String text(Random random) {
    return random
        .ints(random.nextInt(8), 0, 0x11000)
        .filter(point -> point < 0xd800 || point > 0xdfff)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static Fingerprint fingerprint(Random random) {
    byte[] bytes = new byte[Fingerprint.BYTES];
    random.nextBytes(bytes);
    return Fingerprint.of(bytes);
  }
}
