package dev.reprise.journal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.testing.Shows;
import dev.reprise.executor.ErrorInfo;
import dev.reprise.explain.StepParts;
import dev.reprise.explain.StepParts.ArgumentKind;
import dev.reprise.explain.StepParts.ArgumentPart;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Reason;
import dev.reprise.plan.Reason.Code;
import dev.reprise.run.Pipelines;
import dev.reprise.run.Resume;
import dev.reprise.run.RunListener.Change;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import dev.reprise.run.ScriptedRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  private static final String RUN = "20261121-072007-7f3a";
  private static final Clock CLOCK = Clock.fixed(ScriptedRun.START.plusSeconds(3), ZoneOffset.UTC);

  @TempDir Path home;

  private RunHistory history() {
    return new RunHistory(home.resolve("runs"));
  }

  private RecordedRun writtenAndRead(ScriptedRun run) throws IOException {
    run.play(new JournalWriter(history().folder(run.run()), CLOCK));
    return history().read(run.run());
  }

  @Test
  void read_everythingCached_tellsEveryUnitAsTheViewHadIt() throws IOException {
    ScriptedRun run = Pipelines.warm(RUN);

    RecordedRun read = writtenAndRead(run);

    assertSameAsView(read, run);
    assertThat(read.damage()).isEmpty();
  }

  @Test
  void read_everyOutcomeInOneRun_tellsEveryUnitAsTheViewHadIt() throws IOException {
    ScriptedRun run = Pipelines.warm(RUN);
    run.unit("clean", 1).ran(Code.ARG_CHANGED, "late-minutes");
    run.unit("clean", 4).failed(new IllegalStateException("bad", new IOException("deep")));
    run.unit("delays", 0).ended(Outcome.SHARED, Code.NO_ENTRY, "");
    run.unit("delays", 1).ended(Outcome.MEMO, Code.NO_ENTRY, "");
    run.unit("delays", 4).ended(Outcome.SKIPPED, Code.UPSTREAM_FAILED, "clean");
    run.unit("by-airport", 0).ended(Outcome.CANCELLED, Code.RUN_CANCELLED, "").withoutKey();
    run.ends(RunState.FAILED, 1, "step 'clean' failed");

    RecordedRun read = writtenAndRead(run);

    assertSameAsView(read, run);
    assertThat(read.step("clean").orElseThrow().unit(4).orElseThrow().error())
        .isNotNull()
        .satisfies(error -> assertThat(error.isA("java.io.IOException")).isTrue());
  }

  @Test
  void read_messageOfAMegabyte_isCutWithANote() throws IOException {
    ScriptedRun run = Pipelines.warm(RUN);
    String long1 = "x".repeat(1 << 20);
    run.unit("clean", 4).failed(new IllegalStateException(long1, new IOException(long1)));
    run.ends(RunState.FAILED, 1, long1);

    RecordedRun read = writtenAndRead(run);

    ErrorInfo error =
        requireNonNull(read.step("clean").orElseThrow().unit(4).orElseThrow().error());
    String cut = "x".repeat(64 << 10) + "… (cut, 1,048,576 characters)";
    assertThat(error.message()).isEqualTo(cut);
    assertThat(requireNonNull(error.cause()).message()).isEqualTo(cut);
    assertThat(requireNonNull(read.summary()).message()).isEqualTo(cut);
    assertThat(Files.size(RunHistory.journal(history().folder(RUN)))).isLessThan(400_000);
  }

  private static void assertSameAsView(RecordedRun read, ScriptedRun run) {
    assertThat(read.header()).isEqualTo(run.header());
    assertThat(read.summary()).isEqualTo(run.summary());
    assertThat(read.graph()).isEqualTo(RecordedGraph.of(run.graph()));
    for (RecordedStep step : read.steps()) {
      int node = step.node().id();
      assertThat(step.units()).isEqualTo(run.unitCount(node));
      for (int i = 0; i < step.units(); i++) {
        int unit = run.firstUnit(node) + i;
        RecordedUnit told = step.unit(i).orElseThrow();
        assertThat(told.outcome()).isEqualTo(run.outcome(unit));
        assertThat(told.reason()).isEqualTo(run.reason(unit));
        assertThat(told.label()).isEqualTo(run.label(unit));
        assertThat(told.key()).isEqualTo(run.key(unit));
        assertThat(told.runKey()).isEqualTo(run.runKey(unit));
        assertThat(told.content()).isEqualTo(run.content(unit));
        assertThat(told.durationNanos()).isEqualTo(run.durationNanos(unit));
        assertThat(told.manifest()).isEqualTo(run.manifest(unit));
        assertThat(told.arguments()).isEqualTo(run.argumentDigests(unit));
      }
    }
  }

  @Test
  void read_runThatGoesOnFromAnother_tellsWhichAndUnderWhatItsResultsAreFound() throws IOException {
    ScriptedRun run = Pipelines.warm(RUN);
    Resume resume = Resume.of("20261120-000000-0000", Set.of("clean", "delays")).onlyFromThem();
    run.options(RunOptions.DEFAULT.withResume(resume).withUpTo(Set.of("delays")));
    run.unit("clean", 0).ran(Code.DISABLED, "by the task").withoutKey();
    run.unit("clean", 1).ran(Code.NO_ENTRY, "").spoilt();
    run.unit("delays", 0).ended(Outcome.MEMO, Code.NO_ENTRY, "");

    RecordedRun read = writtenAndRead(run);

    assertSameAsView(read, run);
    assertThat(read.header().options().resume()).isEqualTo(resume);
    assertThat(read.step("clean").orElseThrow().results().map(RecordedUnit::partition))
        .contains(0)
        .doesNotContain(1);
  }

  @Test
  void read_keyPartsOfStep_areAsWritten() throws IOException {
    StepParts parts =
        new StepParts(
            "Delays.byOrigin",
            "2",
            "(String,int)String",
            "closure",
            new TreeMap<>(Map.of("com.acme.Delays#late(int)", Hasher.of("x").finish())),
            new TreeMap<>(Map.of("engine", "local")),
            List.of(new ArgumentPart("late", "late-minutes", ArgumentKind.GIVEN, "15")));
    ScriptedRun run = Pipelines.warm(RUN).parts("delays", parts);

    RecordedRun read = writtenAndRead(run);

    assertThat(read.step("delays").orElseThrow().parts()).contains(parts);
    assertThat(read.step("clean").orElseThrow().parts()).isEmpty();
  }

  @Test
  void read_unitThatChanged_tellsPartByPart() throws IOException {
    ScriptedRun run = Pipelines.warm(RUN);
    Change change = new Change("argument late-minutes", "15", "30");
    run.unit("report", 0).ran(Code.ARG_CHANGED, "late-minutes").changed(change).says("hello");

    RecordedUnit unit = writtenAndRead(run).step("report").orElseThrow().unit(0).orElseThrow();

    assertThat(unit.changed()).containsExactly(change);
    assertThat(unit.reason()).isEqualTo(new Reason(Code.ARG_CHANGED, "late-minutes"));
    assertThat(unit.message()).isEqualTo("hello");
    assertThat(unit.offsetMillis()).isEqualTo(3000);
  }

  /** A small edit may change hundreds of parts under each of 100,000 units. */
  @Test
  void write_changesThatUnitsShare_areInTheJournalOnce() throws IOException {
    int many = 5_000;
    ScriptedRun run = new ScriptedRun(RUN, Pipelines.flights());
    String[] labels = new String[many];
    Arrays.setAll(labels, Integer::toString);
    run.units("months[]", labels).units("clean", labels).units("delays", labels);
    List<Change> shared =
        IntStream.range(0, 300)
            .mapToObj(
                i -> new Change("code com.acme.Delays#m" + i + "(int)", "0a1b2c3d", "4e5f6071"))
            .toList();
    Change own = new Change("upstream months", "11111111", "22222222");
    for (int i = 0; i < many; i++) {
      run.unit("clean", i).ran(Code.CODE_CHANGED, "m0").stepChanged(shared).changed(own);
    }

    RecordedStep clean = writtenAndRead(run).step("clean").orElseThrow();

    List<Change> first = clean.unit(0).orElseThrow().stepChanged();
    assertThat(first).isEqualTo(shared);
    for (int i = 0; i < many; i++) {
      RecordedUnit unit = clean.unit(i).orElseThrow();
      assertThat(unit.stepChanged()).isSameAs(first);
      assertThat(unit.argumentsChanged()).containsExactly(own);
    }
    assertThat(clean.unit(7).orElseThrow().changed()).hasSize(301).endsWith(own);
    assertThat(Files.size(history().folder(RUN).resolve("journal"))).isLessThan(3_000_000);
  }

  @Test
  void read_unitThatWasHealedAfterItsStepEnded_tellsTheLastWord() throws IOException {
    ScriptedRun run = Pipelines.warm(RUN);
    JournalWriter writer = new JournalWriter(history().folder(RUN), CLOCK);
    run.begin(writer);
    int clean = run.graph().find("clean").orElseThrow().id();
    run.playStep(writer, clean);
    ScriptedRun.Unit healed = run.unit("clean", 2).ran(Code.BLOB_MISSING, "");
    writer.unitFinished(run, run.report(healed));
    run.end(writer);

    RecordedStep step = history().read(RUN).step("clean").orElseThrow();

    assertThat(step.outcome(2)).contains(Outcome.RAN);
    assertThat(step.outcomes()).isEqualTo(Map.of(Outcome.CACHED, 5, Outcome.RAN, 1));
  }

  @Test
  void write_retriesAndWarnings_areToldInOrder() throws IOException {
    ScriptedRun run = Pipelines.warm(RUN);
    ScriptedRun.Unit unit = run.unit("report", 0).failed(new IllegalStateException("once"));
    JournalWriter writer = new JournalWriter(history().folder(RUN), CLOCK);
    run.begin(writer);
    writer.unitRetried(run, run.report(unit), Duration.ofMillis(100));
    writer.warning("INDEX_UNAVAILABLE", "the index is on strike");
    run.end(writer);

    RecordedRun read = history().read(RUN);

    assertThat(read.retries()).hasSize(1);
    assertThat(read.retries().get(0).pause()).isEqualTo(Duration.ofMillis(100));
    assertThat(read.warnings())
        .containsExactly(new RecordedWarning("INDEX_UNAVAILABLE", "the index is on strike", 3000));
  }

  @Test
  @Shows("Fault 63")
  void write_userCodePrinted_isInFileNamedByNumbers() throws IOException {
    ScriptedRun run = Pipelines.warm(RUN);
    run.unit("clean", 3).ran(Code.NO_ENTRY, "").printed("hello\n");

    writtenAndRead(run);

    int clean = run.graph().find("clean").orElseThrow().id();
    Path log = history().logs(RUN).find(clean, 3).orElseThrow();
    assertThat(log).hasFileName(clean + "-3.log").hasContent("hello\n");
    assertThat(history().logs(RUN).find(clean, 2)).isEmpty();
  }

  @Test
  void write_whatUserCodePrintedCannotBeKept_isToldAndTheJournalStands() throws IOException {
    ScriptedRun run = Pipelines.warm(RUN);
    run.unit("clean", 3).ran(Code.NO_ENTRY, "").printed("hello\n");
    JournalWriter writer = new JournalWriter(history().folder(RUN), CLOCK);
    run.begin(writer);
    Files.writeString(history().folder(RUN).resolve("logs"), "in the way");
    run.playStep(writer, run.graph().find("clean").orElseThrow().id());

    assertThatThrownBy(() -> run.end(writer))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("cannot keep all that the user's code printed")
        .hasMessageContaining("logs");

    RecordedRun read = history().read(RUN);
    assertThat(read.summary()).isEqualTo(run.summary());
    assertThat(read.damage()).isEmpty();
  }

  @Test
  void write_manyCachedUnits_isRecordOfSeventyBytesEach() throws IOException {
    int many = 100_000;
    ScriptedRun run = new ScriptedRun(RUN, Pipelines.flights());
    String[] labels = new String[many];
    Arrays.setAll(labels, Integer::toString);
    run.units("months[]", labels).units("clean", labels).units("delays", labels);

    RecordedRun read = writtenAndRead(run);

    assertThat(Files.size(history().folder(RUN).resolve("journal"))).isLessThan(2L * many * 75);
    assertThat(read.step("delays").orElseThrow().label(99_999)).isEqualTo("99999");
    assertThat(read.step("delays").orElseThrow().outcomes())
        .isEqualTo(Map.of(Outcome.CACHED, many));
  }

  @Test
  void read_everyPossibleTornTail_tellsWhatWasBeforeIt() throws IOException {
    ScriptedRun run = Pipelines.warm(RUN);
    run.unit("clean", 1).ran(Code.NO_ENTRY, "");
    writtenAndRead(run);
    Path journal = history().folder(RUN).resolve("journal");
    byte[] whole = Files.readAllBytes(journal);
    int header = headerEnd(whole);
    int told = 0;

    for (int length = header; length < whole.length; length++) {
      Files.write(journal, Arrays.copyOf(whole, length));
      RecordedRun read = history().read(RUN);
      assertThat(read.header()).isEqualTo(run.header());
      int steps = read.steps().size();
      assertThat(steps).isGreaterThanOrEqualTo(told);
      told = steps;
    }
    assertThat(told).isEqualTo(5);
  }

  @Test
  void read_anyByteFlipped_isToldAndNeverMisread() throws IOException {
    ScriptedRun run = Pipelines.warm(RUN);
    RecordedRun whole = writtenAndRead(run);
    Path journal = history().folder(RUN).resolve("journal");
    byte[] bytes = Files.readAllBytes(journal);

    for (int i = headerEnd(bytes); i < bytes.length; i++) {
      bytes[i] ^= 0x20;
      Files.write(journal, bytes);
      RecordedRun read = history().read(RUN);
      assertThat(read.damage()).contains("damaged");
      assertThat(whole.steps().size()).isGreaterThanOrEqualTo(read.steps().size());
      bytes[i] ^= 0x20;
    }
  }

  private static int headerEnd(byte[] journal) {
    int magic = JournalFormat.MAGIC_BYTES;
    int length = java.nio.ByteBuffer.wrap(journal).getInt(magic);
    return magic + JournalFormat.FRAME_BYTES + length;
  }

  @Test
  void read_processDiedAsTheRunBegan_tellsWhoseItWas() throws IOException {
    ScriptedRun run = Pipelines.warm(RUN);
    run.begin(new JournalWriter(history().folder(RUN), CLOCK)); // nobody waits, nothing is closed

    assertThat(history().read(RUN).header()).isEqualTo(run.header());
    assertThat(history().readBrief(RUN).summary()).isNull();
  }

  @Test
  void read_newerForm_saysSo() throws IOException {
    Path folder = Files.createDirectories(history().folder(RUN));
    byte[] payload = {JournalFormat.VERSION + 1, 1, 0};
    java.nio.ByteBuffer file = java.nio.ByteBuffer.allocate(64);
    file.put(JournalFormat.magic())
        .putInt(payload.length)
        .putInt(JournalFrames.checksum(payload, payload.length))
        .put(payload);
    Files.write(folder.resolve("journal"), Arrays.copyOf(file.array(), file.position()));

    assertThatThrownBy(() -> history().read(RUN))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("newer Reprise")
        .hasMessageContaining("its form is 3, this one reads up to 2");
  }

  @Test
  void read_someOtherFile_saysThatItIsNoJournal() throws IOException {
    Path folder = Files.createDirectories(history().folder(RUN));
    Files.writeString(folder.resolve("journal"), "dear diary, today …");

    assertThatThrownBy(() -> history().read(RUN)).hasMessageContaining("is not a journal");
  }

  @Test
  void started_folderCannotBeMade_throwsWithPath() throws IOException {
    Files.writeString(home.resolve("runs"), "in the way");
    JournalWriter writer = new JournalWriter(history().folder(RUN), CLOCK);

    assertThatThrownBy(() -> Pipelines.warm(RUN).play(writer))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("cannot write the journal")
        .hasMessageContaining("runs");
  }

  @Test
  void readBrief_endedAndTornJournals_tellWhetherTheRunEnded() throws IOException {
    ScriptedRun run = Pipelines.warm(RUN);
    writtenAndRead(run);
    RunBrief ended = history().readBrief(RUN);
    assertThat(ended.header()).isEqualTo(run.header());
    assertThat(ended.summary()).isEqualTo(run.summary());

    Path journal = history().folder(RUN).resolve("journal");
    byte[] whole = Files.readAllBytes(journal);
    Files.write(journal, Arrays.copyOf(whole, whole.length - 1));
    assertThat(history().readBrief(RUN).summary()).isEqualTo(run.summary());

    Files.write(journal, Arrays.copyOf(whole, whole.length - JournalFormat.END_BYTES - 1));
    RunBrief torn = history().readBrief(RUN);
    assertThat(torn.summary()).isNull();
  }
}
