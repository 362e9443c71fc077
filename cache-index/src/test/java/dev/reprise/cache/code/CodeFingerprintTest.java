package dev.reprise.cache.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.code.CodeFingerprint.Mode;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Versions by hand, differences for people, fingerprints as bytes. */
class CodeFingerprintTest {
  private static Fingerprint digest(String of) {
    return Hasher.of("test").putString(of).finish();
  }

  private static CodeFingerprint parts(String... namesAndDigests) {
    Map<String, Fingerprint> parts = new TreeMap<>();
    for (int i = 0; i < namesAndDigests.length; i += 2) {
      parts.put(namesAndDigests[i], digest(namesAndDigests[i + 1]));
    }
    return CodeFingerprint.of(Mode.CLOSURE, new TreeMap<>(parts), List.of("a caveat: Käse"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "v2", "2026-01-02_b", "A", "-", "_"})
  void manual_versionOfLettersDigitsAndDashes_isTaken(String version) {
    assertThat(CodeFingerprinter.manual(version)).isEqualTo(CodeFingerprinter.manual(version));
    assertThat(CodeFingerprinter.manual(version).digest())
        .isNotEqualTo(CodeFingerprinter.manual(version + "x").digest());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "1.0", "a b", "é", "a\n", "a/b"})
  void manual_otherVersion_isRefused(String version) {
    assertThatThrownBy(() -> CodeFingerprinter.manual(version))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bad version '" + version + "': use letters, digits, '-' and '_'");
  }

  @Test
  void manual_longVersions_areNotCut() {
    String version = "v".repeat(100_000);
    assertThat(CodeFingerprinter.manual(version + "1"))
        .isNotEqualTo(CodeFingerprinter.manual(version + "2"));
  }

  @Test
  void between_parts_areSortedAndReadable() {
    CodeFingerprint before =
        parts(
            "a.B#m(int,java.util.Map$Entry[])void", "1", "a.B$C#<init>(a.B)void", "1", "a.G", "1");
    CodeFingerprint now =
        parts(
            "a.B#m(int,java.util.Map$Entry[])void", "2",
            "a.B$C#<init>(a.B)void", "2",
            "a.E#<clinit>()void", "1",
            "package org.tool", "1",
            "a.B#define lambda", "1");
    assertThat(CodeDifference.between(before, now))
        .extracting(CodeDifference::toString)
        .containsExactly(
            "a.B#m(int, Map$Entry[]) changed",
            "a.B$C#C(B) changed",
            "a.B#define lambda new",
            "a.E static initialiser new",
            "package org.tool new",
            "a.G gone");
    assertThat(CodeDifference.between(now, now)).isEmpty();
  }

  @Test
  void resourcesAndLibraries_ofParts_areThoseNamed() {
    Set<String> parts =
        parts("a.B#m(int)void", "1", "package org.tool", "2", "resource a/my b.txt", "3")
            .parts()
            .keySet();

    assertThat(CodeFingerprint.resources(parts)).containsExactly("a/my b.txt");
    assertThat(CodeFingerprint.libraries(parts)).containsExactly("org.tool");
  }

  @Test
  void format_roundTrip_isEqual() {
    CodeFingerprint before = parts("a.B#m(int)void", "1", "resource a/b.txt", "2");
    assertThat(CodeFingerprintFormat.read(CodeFingerprintFormat.write(before))).isEqualTo(before);
  }

  @Test
  void format_cutOrOfOtherVersion_isNone() {
    byte[] bytes = CodeFingerprintFormat.write(parts("a.B#m(int)void", "1")).array();
    for (int length = 0; length < bytes.length; length++) {
      Bytes cut = Bytes.wrap(Arrays.copyOf(bytes, length));
      assertThat(CodeFingerprintFormat.read(cut)).as("%s bytes", length).isNull();
    }
    bytes[3]++;
    assertThat(CodeFingerprintFormat.read(Bytes.wrap(bytes))).isNull();
  }

  @Test
  void hints_arraysAndPrimitives_areWhatTheyHold() {
    List<String> names = List.of("[Lcom.acme.Leaf;", "int", "[[J", "com.acme.Leaf", "com.acme.A$B");
    assertThat(new CodeHints(names, List.of(), List.of(), List.of()).crossing())
        .containsExactly("com.acme.A$B", "com.acme.Leaf");
  }

  @Test
  void platform_productAndEngines_areTheirsButExamplesAreNot() {
    PlatformPackages platform = PlatformPackages.STANDARD;
    assertThat(platform.contains("dev.reprise.api.Reprise")).isTrue();
    assertThat(platform.contains("org.apache.spark.sql.Dataset")).isTrue();
    assertThat(platform.contains("dev.reprise.examples.flights.Flights")).isFalse();
    assertThat(platform.contains("dev.repriseful.Mine")).isFalse();
    assertThat(platform.contains("org.apache.sparkling.Mine")).isFalse();
  }
}
