package dev.reprise.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.plan.Outcome;
import dev.reprise.plan.Reason.Code;
import dev.reprise.run.Pipelines;
import dev.reprise.run.ScriptedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Journals that tell what is otherwise than in an earlier one of the same driver. */
class JournalBasesTest {
  private static final Clock CLOCK = Clock.fixed(ScriptedRun.START.plusSeconds(3), ZoneOffset.UTC);
  private static final int WIDTH = 1_000;
  private static final String FIRST = "20261121-072007-0001";
  private static final String SECOND = "20261121-072007-0002";
  private static final String THIRD = "20261121-072007-0003";

  @TempDir Path home;

  private final JournalBases bases = JournalBases.usual();
  private RunHistory history;

  @BeforeEach
  void writeTheFirst() {
    history = new RunHistory(home.resolve("runs"));
    write(wide(FIRST));
  }

  private static ScriptedRun wide(String run) {
    String[] labels = IntStream.range(0, WIDTH).mapToObj(Integer::toString).toArray(String[]::new);
    return new ScriptedRun(run, Pipelines.flights())
        .units("months", "")
        .units("months[]", labels)
        .units("clean", labels)
        .units("delays", labels)
        .units("by-airport", "")
        .units("report", "");
  }

  private void write(ScriptedRun run) {
    run.play(new JournalWriter(history.folder(run.run()), CLOCK, bases));
  }

  /** A run in which some units of a step ran, and another was found otherwise. */
  private static ScriptedRun changed(String run, int... ran) {
    ScriptedRun changed = wide(run);
    for (int unit : ran) {
      changed.unit("clean", unit).ran(Code.ARG_CHANGED, "month");
      changed.unit("delays", unit).took(7);
    }
    return changed;
  }

  private long size(String run) throws IOException {
    return Files.size(RunHistory.journal(history.folder(run)));
  }

  private Path base(String run) {
    return history.folder(run).resolve("base-1.journal");
  }

  /** What a journal says without a base to name. */
  private List<Object> alone(ScriptedRun run) throws IOException {
    Path folder = home.resolve("alone").resolve(run.run());
    run.play(new JournalWriter(folder, CLOCK));
    return said(JournalReader.read(RunHistory.journal(folder)));
  }

  private List<Object> said(String run) throws IOException {
    return said(history.read(run));
  }

  private static List<Object> said(RecordedRun run) {
    List<Object> said = new ArrayList<>(List.of(run.header(), run.damage()));
    for (RecordedStep step : run.steps()) {
      said.add(step.outcomes());
      IntStream.range(0, step.units()).forEach(i -> said.add(step.unit(i)));
    }
    return said;
  }

  @Test
  void write_nothingChanged_isSmallAndSaysAll() throws IOException {
    write(wide(SECOND));

    assertThat(size(SECOND)).isLessThan(size(FIRST) / 20);
    assertThat(base(SECOND)).hasSameBinaryContentAs(RunHistory.journal(history.folder(FIRST)));
    assertThat(said(SECOND)).isEqualTo(alone(wide(SECOND)));
  }

  @Test
  void write_someUnitsAreOtherwise_saysAll() throws IOException {
    ScriptedRun run = changed(SECOND, 0, 1, 500, WIDTH - 1);
    write(run);

    assertThat(size(SECOND)).isLessThan(size(FIRST) / 20);
    assertThat(said(SECOND)).isEqualTo(alone(changed(SECOND, 0, 1, 500, WIDTH - 1)));
  }

  /** There are no chains: the third names the first, by the link that the second has. */
  @Test
  void write_baseWasForgotten_theNextNamesItAllTheSame() throws IOException {
    write(changed(SECOND, 3));
    history.forget(FIRST);
    write(changed(THIRD, 4));
    history.forget(SECOND);

    assertThat(size(THIRD)).isLessThan(WIDTH * 10L);
    assertThat(said(THIRD)).isEqualTo(alone(changed(THIRD, 4)));
  }

  @Test
  void write_baseAndItsLinksAreGone_isWhole() throws IOException {
    history.forget(FIRST);
    write(wide(SECOND));

    assertThat(base(SECOND)).doesNotExist();
    assertThat(said(SECOND)).isEqualTo(alone(wide(SECOND)));

    write(wide(THIRD));
    assertThat(base(THIRD)).as("the second is one").exists();
  }

  @Test
  void write_manyUnitsAreOtherwise_isWhole() throws IOException {
    int[] many = IntStream.range(0, WIDTH / 4).toArray();
    write(changed(SECOND, many));

    assertThat(base(SECOND)).doesNotExist();
    assertThat(said(SECOND)).isEqualTo(alone(changed(SECOND, many)));
  }

  @Test
  void write_moreThanMayBeHeld_isWhole() throws IOException {
    JournalBases few = new JournalBases(10, 1);
    wide(SECOND).play(new JournalWriter(history.folder(SECOND), CLOCK, few));
    wide(THIRD).play(new JournalWriter(history.folder(THIRD), CLOCK, few));

    assertThat(base(THIRD)).doesNotExist();
  }

  @Test
  void write_runBeforeHasNoEnd_itIsNoBase() {
    JournalBases none = JournalBases.usual();
    ScriptedRun cut = wide(SECOND);
    JournalWriter writer = new JournalWriter(history.folder(SECOND), CLOCK, none);
    cut.begin(writer);
    cut.playStep(writer, cut.graph().find("clean").orElseThrow().id());
    wide(THIRD).play(new JournalWriter(history.folder(THIRD), CLOCK, none));

    assertThat(base(THIRD)).doesNotExist();
    cut.end(writer);
  }

  @Test
  void read_linkIsGone_saysWhatIsLeftAndWhatIsNot() throws IOException {
    write(changed(SECOND, 3));
    Files.delete(base(SECOND));

    RecordedRun read = history.read(SECOND);

    assertThat(read.damage())
        .startsWith("the journal tells in base-1.journal what step 'clean' reused, and that cannot")
        .contains("base-1.journal");
    assertThat(read.summary()).isEqualTo(changed(SECOND, 3).summary());
    RecordedStep clean = read.step("clean").orElseThrow();
    assertThat(clean.units()).isEqualTo(WIDTH);
    assertThat(clean.outcome(3)).contains(Outcome.RAN);
    assertThat(clean.unit(4)).isEqualTo(Optional.empty());
    List<Object> uses = new ArrayList<>();
    history.forEachUse(SECOND, (key, at) -> uses.add(key));
    assertThat(uses).as("what is in no base").hasSize(4);
    assertThatThrownBy(() -> history.forEachUseOfWhole(SECOND, (key, at) -> {}, () -> true))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("step 'clean' reused");
  }

  @Test
  void read_baseIsDamagedAnywhere_saysSoOrIsWhole() throws IOException {
    write(changed(SECOND, 3));
    byte[] sound = Files.readAllBytes(base(SECOND));
    List<Object> whole = said(SECOND);
    for (int at = 0; at < sound.length; at += 4_999) {
      byte[] damaged = sound.clone();
      damaged[at] ^= 16;
      Files.delete(base(SECOND)); // not the file of the first run
      Files.write(base(SECOND), damaged);

      RecordedRun read = history.read(SECOND);

      if (read.damage().isEmpty()) {
        assertThat(said(read)).isEqualTo(whole);
      } else {
        assertThat(read.damage()).contains("base-1.journal");
      }
    }
  }

  @Test
  void forEachUse_onBase_tellsAllKeys() throws IOException {
    write(wide(SECOND));
    List<Object> first = new ArrayList<>();
    List<Object> second = new ArrayList<>();

    history.forEachUse(FIRST, (key, at) -> first.add(key));
    history.forEachUse(SECOND, (key, at) -> second.add(key));

    assertThat(second).isEqualTo(first).hasSize(2 * WIDTH + 3);
  }
}
