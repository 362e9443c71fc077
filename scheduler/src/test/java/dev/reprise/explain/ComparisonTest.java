package dev.reprise.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.explain.Comparison.Difference;
import dev.reprise.explain.Comparison.Kind;
import dev.reprise.explain.StepParts.ArgumentKind;
import dev.reprise.explain.StepParts.ArgumentPart;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final ArgumentPart LATE =
      new ArgumentPart("late", "late-minutes", ArgumentKind.GIVEN, "15");
  private static final ArgumentPart CLEAN =
      new ArgumentPart("flights", "clean", ArgumentKind.UPSTREAM, "");
  private static final StepParts PARTS =
      parts("1", "()V", Map.of("a", 1), Map.of("zone", "UTC"), LATE, CLEAN);
  private static final List<Fingerprint> DIGESTS = List.of(digest("15"), digest("clean"));

  @Test
  void between_equalParts_isEmpty() {
    assertThat(compare(PARTS, DIGESTS)).isEmpty();
  }

  @Test
  void between_version_isToldFromWhatToWhat() {
    assertThat(compare(parts("2", "()V", Map.of("a", 1), Map.of("zone", "UTC"), LATE, CLEAN)))
        .containsExactly(new Difference(Kind.VERSION, "version", "1", "2"));
  }

  @Test
  void between_methodChangedAddedAndRemoved_areNamedInOrder() {
    StepParts before = parts("", "()V", Map.of("a", 1, "b", 1, "d", 1), Map.of());
    StepParts now = parts("", "()V", Map.of("a", 1, "b", 2, "c", 1), Map.of());
    assertThat(Comparison.between(before, List.of(), now, List.of()).differences())
        .containsExactly(
            new Difference(Kind.CODE, "b", code(1).brief(), code(2).brief()),
            new Difference(Kind.CODE, "c", "", code(1).brief()),
            new Difference(Kind.CODE, "d", code(1).brief(), ""));
  }

  @Test
  void between_signatureTaskAndIdentity_areCode() {
    StepParts now =
        new StepParts(
            "renamed", "1", "(I)V", "BODY", PARTS.code(), PARTS.engine(), PARTS.arguments());
    assertThat(compare(now))
        .containsExactly(
            new Difference(Kind.CODE, "task", "task", "renamed"),
            new Difference(Kind.CODE, "signature", "()V", "(I)V"),
            new Difference(Kind.CODE, "code identity", "CLOSURE", "BODY"));
  }

  @Test
  void between_settingOfTheEngine_isToldFromWhatToWhat() {
    assertThat(compare(parts("1", "()V", Map.of("a", 1), Map.of("ansi", "on"), LATE, CLEAN)))
        .containsExactly(
            new Difference(Kind.ENGINE, "ansi", "", "on"),
            new Difference(Kind.ENGINE, "zone", "UTC", ""));
  }

  @Test
  void between_argument_isToldByItsValue() {
    ArgumentPart changed = new ArgumentPart("late", "late-minutes", ArgumentKind.GIVEN, "30");
    assertThat(
            compare(
                parts("1", "()V", Map.of("a", 1), Map.of("zone", "UTC"), changed, CLEAN),
                List.of(digest("30"), digest("clean"))))
        .containsExactly(new Difference(Kind.ARGUMENT, "late-minutes", "15", "30"));
  }

  @Test
  void between_argumentsThatLookAlike_areToldByTheirDigests() {
    assertThat(compare(PARTS, List.of(digest("other"), digest("clean"))))
        .containsExactly(
            new Difference(
                Kind.ARGUMENT, "late-minutes", digest("15").brief(), digest("other").brief()));
  }

  @Test
  void between_upstream_isToldByItsDigest() {
    assertThat(compare(PARTS, List.of(digest("15"), digest("other"))))
        .containsExactly(
            new Difference(
                Kind.UPSTREAM, "clean", digest("clean").brief(), digest("other").brief()));
  }

  @Test
  void between_argumentAddedAndRemoved_areTold() {
    ArgumentPart limit = new ArgumentPart("limit", "limit", ArgumentKind.CAPTURED, "7");
    assertThat(
            compare(
                parts("1", "()V", Map.of("a", 1), Map.of("zone", "UTC"), CLEAN, limit),
                List.of(digest("clean"), digest("7"))))
        .containsExactly(
            new Difference(Kind.ARGUMENT, "limit", "", "7"),
            new Difference(Kind.ARGUMENT, "late-minutes", "15", ""));
  }

  @Test
  void between_argumentIsAnotherWithTheSameValue_bothAreTold() {
    ArgumentPart early = new ArgumentPart("early", "early-minutes", ArgumentKind.GIVEN, "15");
    assertThat(compare(parts("1", "()V", Map.of("a", 1), Map.of("zone", "UTC"), early, CLEAN)))
        .containsExactly(
            new Difference(Kind.ARGUMENT, "early-minutes", "", "15"),
            new Difference(Kind.ARGUMENT, "late-minutes", "15", ""));
  }

  @Test
  void between_valueThatBecameAResult_isBoth() {
    ArgumentPart fromStep = new ArgumentPart("late", "tune", ArgumentKind.UPSTREAM, "");
    assertThat(compare(parts("1", "()V", Map.of("a", 1), Map.of("zone", "UTC"), fromStep, CLEAN)))
        .extracting(Difference::kind, Difference::name)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(Kind.ARGUMENT, "late-minutes"),
            org.assertj.core.groups.Tuple.tuple(Kind.UPSTREAM, "tune"));
  }

  @Test
  void between_everythingAtOnce_isOrderedByWeight() {
    assertThat(
            compare(
                parts("2", "()V", Map.of("a", 2), Map.of(), LATE, CLEAN),
                List.of(digest("x"), digest("y"))))
        .extracting(Difference::kind)
        .containsExactly(Kind.VERSION, Kind.CODE, Kind.ENGINE, Kind.ARGUMENT, Kind.UPSTREAM);
  }

  @Test
  void between_fewerDigestsThanParts_comparesWhatIsThere() {
    assertThat(compare(PARTS, List.of(digest("15"))))
        .containsExactly(new Difference(Kind.UPSTREAM, "clean", digest("clean").brief(), ""));
  }

  private static List<Difference> compare(StepParts now) {
    return compare(now, DIGESTS);
  }

  private static List<Difference> compare(StepParts now, List<Fingerprint> digests) {
    return Comparison.between(PARTS, DIGESTS, now, digests).differences();
  }

  private static StepParts parts(
      String version,
      String signature,
      Map<String, Integer> code,
      Map<String, String> engine,
      ArgumentPart... arguments) {
    TreeMap<String, Fingerprint> digests = new TreeMap<>();
    code.forEach((name, number) -> digests.put(name, code(number)));
    return new StepParts(
        "task", version, signature, "CLOSURE", digests, new TreeMap<>(engine), List.of(arguments));
  }

  private static Fingerprint code(int version) {
    return Hasher.of("code").putLong(version).finish();
  }

  private static Fingerprint digest(String of) {
    return Hasher.of(of).finish();
  }
}
