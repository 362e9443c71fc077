package dev.reprise.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.index.NoteKind;
import dev.reprise.explain.Comparison.Difference;
import dev.reprise.explain.PartsFormat;
import dev.reprise.explain.StepParts;
import dev.reprise.explain.StepParts.ArgumentKind;
import dev.reprise.explain.StepParts.ArgumentPart;
import dev.reprise.explain.UnitHistory;
import dev.reprise.explain.UnitHistory.Variant;
import dev.reprise.plan.Explainer.Explanation;
import dev.reprise.plan.Explainer.Miss;
import dev.reprise.testing.FakeIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ExplainerTest {
  private static final Fingerprint UNIT = UnitHistory.id("p", "s", "");

  private final FakeIndex index = new FakeIndex();
  private final List<String> troubles = new ArrayList<>();
  private final Cache cache = new Cache(index, troubles::add);
  private UnitHistory history = UnitHistory.EMPTY;

  @Test
  void explain_nothingEarlier_isNoEntry() {
    assertThat(explain(parts("1", 1, "15"), "15", "a").reason()).hasToString("NO_ENTRY");
  }

  @Test
  void explain_equalKeyEarlier_saysThatItsEntryIsGone() {
    remember(parts("1", 1, "15"), "15", "a");
    Explanation explanation = explain(parts("1", 1, "15"), "15", "a");
    assertThat(explanation.reason()).hasToString("NO_ENTRY(its entry is gone)");
    assertThat(explanation.comparison().differences()).isEmpty();
  }

  @Test
  void explain_versionSetChangedAndTaken_isVersionChanged() {
    remember(parts("", 1, "15"), "15", "a");
    assertThat(explain(parts("2", 1, "15"), "15", "a").reason())
        .hasToString("VERSION_CHANGED(none -> 2)");
    assertThat(explainAnew(parts("2", 1, "15"), parts("3", 1, "15")))
        .isEqualTo("VERSION_CHANGED(2 -> 3)");
    assertThat(explainAnew(parts("3", 1, "15"), parts("", 1, "15")))
        .isEqualTo("VERSION_CHANGED(3 -> none)");
  }

  @Test
  void explain_methodChanged_isCodeChangedByItsName() {
    remember(parts("1", 1, "15"), "15", "a");
    assertThat(explain(parts("1", 2, "15"), "15", "a").reason())
        .hasToString("CODE_CHANGED(Delays#late)");
  }

  @Test
  void explain_severalMethodsChanged_namesTheFirstAndTheirNumber() {
    TreeMap<String, Fingerprint> three =
        new TreeMap<>(Map.of("a", digest("1"), "b", digest("1"), "c", digest("1")));
    StepParts before = new StepParts("t", "", "", "", three, new TreeMap<>(), List.of());
    StepParts now = new StepParts("t", "", "", "", new TreeMap<>(), new TreeMap<>(), List.of());
    remember(before);
    assertThat(explain(now).reason()).hasToString("CODE_CHANGED(a and 2 more)");
  }

  @Test
  void explain_engineChanged_isEngineChangedByTheSetting() {
    StepParts before = parts("1", 1, "15");
    StepParts now =
        new StepParts(
            before.task(),
            before.version(),
            before.signature(),
            before.codeMode(),
            before.code(),
            new TreeMap<>(Map.of("timeZone", "CET")),
            before.arguments());
    remember(before, "15", "a");
    assertThat(explain(now, "15", "a").reason()).hasToString("ENGINE_CHANGED(timeZone)");
  }

  @Test
  void explain_argumentChanged_isArgChangedByItsName() {
    remember(parts("1", 1, "15"), "15", "a");
    Explanation explanation = explain(parts("1", 1, "30"), "30", "a");
    assertThat(explanation.reason()).hasToString("ARG_CHANGED(late-minutes)");
    assertThat(explanation.comparison().differences())
        .extracting(Difference::before, Difference::now)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("15", "30"));
  }

  @Test
  void explain_inputChanged_isUpstreamChangedByTheStep() {
    remember(parts("1", 1, "15"), "15", "a");
    assertThat(explain(parts("1", 1, "15"), "15", "b").reason())
        .hasToString("UPSTREAM_CHANGED(clean)");
  }

  @Test
  void explain_severalKindsChanged_namesTheWeightiest() {
    remember(parts("1", 1, "15"), "15", "a");
    Explanation explanation = explain(parts("1", 2, "30"), "30", "b");
    assertThat(explanation.reason()).hasToString("CODE_CHANGED(Delays#late)");
    assertThat(explanation.comparison().differences()).hasSize(3);
  }

  @Test
  void explain_severalEarlierKeys_comparesWithTheNearest() {
    remember(parts("1", 1, "15"), "15", "a");
    remember(parts("1", 2, "30"), "30", "b");
    remember(parts("1", 2, "45"), "45", "b");
    assertThat(explain(parts("1", 1, "15"), "15", "b").reason())
        .hasToString("UPSTREAM_CHANGED(clean)");
  }

  @Test
  void explain_twoEquallyNear_comparesWithTheLatest() {
    remember(parts("1", 1, "15"), "15", "a");
    remember(parts("1", 1, "30"), "30", "a");
    assertThat(explain(parts("1", 1, "45"), "45", "a").comparison().differences())
        .extracting(Difference::before)
        .containsExactly("30");
  }

  /** A small edit changes hundreds of parts under 100,000 units: nobody holds that many lists. */
  @Test
  void explain_unitsWithTheSamePartsBefore_shareTheStepsDifferences() {
    remember(parts("1", 1, "15"), "15", "a");
    StepParts now = parts("1", 2, "15");

    Explainer explainer = new Explainer(cache);
    Explanation one = explainer.explain(List.of(miss(now, "15", "b"))).get(0);
    Explanation other = explainer.explain(List.of(miss(now, "15", "c"))).get(0);

    assertThat(one.comparison().step()).hasSize(1);
    assertThat(other.comparison().step()).isSameAs(one.comparison().step());
    assertThat(other.comparison().arguments()).hasSize(1);
  }

  @Test
  void explain_manyUnits_readsTheIndexTwiceAndPartsOnce() {
    remember(parts("1", 1, "15"), "15", "a");
    Explainer explainer = new Explainer(cache);
    Miss miss = miss(parts("1", 1, "30"), "30", "a");
    explainer.explain(List.of(miss, miss, miss));
    assertThat(index.noteReads).containsExactly("UNIT_HISTORY x3", "KEY_PARTS x1");
    explainer.explain(List.of(miss));
    assertThat(index.noteReads)
        .containsExactly("UNIT_HISTORY x3", "KEY_PARTS x1", "UNIT_HISTORY x1");
  }

  @Test
  void explain_historyDamaged_isNoEntry() {
    remember(parts("1", 1, "15"), "15", "a");
    index.note(NoteKind.UNIT_HISTORY, UNIT, Bytes.wrap(new byte[] {1, 2, 3}));
    assertThat(explain(parts("1", 1, "30"), "30", "a").reason()).hasToString("NO_ENTRY");
  }

  @Test
  void explain_partsGoneOrDamaged_comparesWithTheOthers() {
    remember(parts("1", 1, "15"), "15", "a");
    remember(parts("9", 9, "15"), "15", "a");
    Bytes latest = PartsFormat.encode(parts("9", 9, "15"));
    index.note(NoteKind.KEY_PARTS, Explainer.idOf(latest), Bytes.wrap(new byte[] {1}));
    assertThat(explain(parts("1", 1, "30"), "30", "a").reason())
        .hasToString("ARG_CHANGED(late-minutes)");
  }

  @Test
  void explain_indexFails_isNoEntryAndToldOnce() {
    remember(parts("1", 1, "15"), "15", "a");
    index.broken = true;
    assertThat(explain(parts("1", 1, "30"), "30", "a").reason()).hasToString("NO_ENTRY");
    assertThat(explain(parts("1", 1, "30"), "30", "a").reason()).hasToString("NO_ENTRY");
    assertThat(troubles).containsExactly("broken by the test");
    assertThat(cache.available()).isFalse();
    assertThat(cache.failed()).isTrue();
  }

  // ---- helpers ----------------------------------------------------------------------------------

  private static StepParts parts(String version, int code, String late) {
    return new StepParts(
        "delays",
        version,
        "()V",
        "CLOSURE",
        new TreeMap<>(Map.of("Delays#late", digest("code " + code))),
        new TreeMap<>(),
        List.of(
            new ArgumentPart("late", "late-minutes", ArgumentKind.GIVEN, late),
            new ArgumentPart("flights", "clean", ArgumentKind.UPSTREAM, "")));
  }

  private void remember(StepParts parts, String... arguments) {
    Bytes encoded = PartsFormat.encode(parts);
    index.note(NoteKind.KEY_PARTS, Explainer.idOf(encoded), encoded);
    Fingerprint key = digest("key " + history.variants().size() + parts);
    history = history.with(new Variant(key, Explainer.idOf(encoded), "run", digests(arguments)));
    index.note(NoteKind.UNIT_HISTORY, UNIT, PartsFormat.encode(history));
  }

  private String explainAnew(StepParts before, StepParts now) {
    history = UnitHistory.EMPTY;
    remember(before, "15", "a");
    return explain(now, "15", "a").reason().toString();
  }

  private Explanation explain(StepParts parts, String... arguments) {
    return new Explainer(cache).explain(List.of(miss(parts, arguments))).get(0);
  }

  private static Miss miss(StepParts parts, String... arguments) {
    return new Miss(UNIT, parts, digests(arguments));
  }

  private static List<Fingerprint> digests(String... arguments) {
    return java.util.Arrays.stream(arguments).map(ExplainerTest::digest).toList();
  }

  private static Fingerprint digest(String of) {
    return Hasher.of(of).finish();
  }
}
