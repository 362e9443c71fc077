package dev.reprise.home;

import static java.util.Comparator.reverseOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.HostName;
import dev.reprise.cache.store.BlobWriter;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.LayeredResultStore;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.ResultStore.Presence;
import dev.reprise.cache.testing.Samples;
import dev.reprise.journal.BegunJournal;
import dev.reprise.journal.JournalWriter;
import dev.reprise.journal.RunBrief;
import dev.reprise.run.Pipelines;
import dev.reprise.run.RunListener.RunHeader;
import dev.reprise.run.ScriptedRun;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What opening a home does to what runs left there. */
class HomeTest {
  private static final String RUN = "20261121-072007-7f3a";

  @TempDir Path folder;
  private final ScriptedRun run = Pipelines.warm(RUN);
  private final Instant now = Instant.now();
  private FileResultStore store;
  private Location.Pending pending;

  @BeforeEach
  void write() throws Exception {
    store =
        FileResultStore.openOrMake(
            HomeOptions.at(folder).storeFolder(), FileResultStore.Settings.STANDARD);
    try (BlobWriter writer = store.write(RUN, "a1", 0)) {
      writer.write(Samples.bytes(1000, 1));
      pending = (Location.Pending) writer.finish();
    }
  }

  @Test
  void open_runOfAnotherHostWithoutEnd_keepsWhatItWritesUntilItWasSilentForLong() throws Exception {
    begin(run.header());

    open(now);
    assertThat(store.presence(pending)).isEqualTo(Presence.PRESENT);
    open(now.plus(RunBrief.LONGEST_SILENCE).minus(Duration.ofHours(1)));
    assertThat(store.presence(pending)).isEqualTo(Presence.PRESENT);

    open(now.plus(RunBrief.LONGEST_SILENCE).plus(Duration.ofHours(1)));
    assertThat(store.presence(pending)).isEqualTo(Presence.MISSING);
  }

  @Test
  void open_runOfAnotherHostThatEnded_removesWhatItLeft() throws Exception {
    run.play(journal());

    open(now);
    assertThat(store.presence(pending)).isEqualTo(Presence.MISSING);
  }

  @Test
  void open_processOfTheRunDiedHere_removesWhatItLeft() throws Exception {
    begin(onThisHost(Integer.MAX_VALUE));

    open(now);
    assertThat(store.presence(pending)).isEqualTo(Presence.MISSING);
  }

  @Test
  void open_processOfTheRunLivesHere_keepsWhatItWrites() throws Exception {
    begin(onThisHost(ProcessHandle.current().pid()));

    open(now.plus(RunBrief.LONGEST_SILENCE.multipliedBy(2)));
    assertThat(store.presence(pending)).isEqualTo(Presence.PRESENT);
  }

  @Test
  void open_runThatNoJournalHereTellsOf_keepsWhatItWritesUntilItWasSilentForLong()
      throws Exception {
    open(now.plus(RunBrief.LONGEST_SILENCE).minus(Duration.ofHours(1)));
    assertThat(store.presence(pending)).isEqualTo(Presence.PRESENT);

    open(now.plus(RunBrief.LONGEST_SILENCE).plus(Duration.ofHours(1)));
    assertThat(store.presence(pending)).isEqualTo(Presence.MISSING);
  }

  @Test
  void open_runsThatCannotBeListed_isAWarningAndNothingIsRemoved() {
    Supplier<List<String>> unlisted =
        () -> {
          throw new UncheckedIOException(
              "cannot list the runs in runs", new AccessDeniedException("runs"));
        };
    Instant later = now.plus(RunBrief.LONGEST_SILENCE.multipliedBy(2));

    String left = new StoreTidying(store, unlisted, run -> true, later).tidy();

    assertThat(left)
        .isEqualTo(
            "what dead runs left stays in the store: cannot list the runs in runs:"
                + " java.nio.file.AccessDeniedException: runs");
    assertThat(store.presence(pending)).isEqualTo(Presence.PRESENT);
  }

  @Test
  void open_damagedBlobSetAsideLongAgo_isRemoved() throws Exception {
    Location.Stored stored = store.publish(pending);
    Path blob;
    try (Stream<Path> files = Files.walk(store.folder().resolve("blobs"))) {
      blob = files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
    Files.write(blob, new byte[1000]);
    Files.setLastModifiedTime(blob, FileTime.from(now.minus(Duration.ofDays(300))));
    assertThat(store.quarantine(stored.blob())).isTrue();

    open(now.plus(StoreTidying.QUARANTINED).minus(Duration.ofDays(1)));
    assertThat(quarantined()).as("it counts from when it was set aside").isEqualTo(1);

    open(now.plus(StoreTidying.QUARANTINED).plus(Duration.ofDays(1)));
    assertThat(quarantined()).isZero();
  }

  @Test
  void open_neitherHomeNorStoreCanBeWritten_readsThemAndWritesElsewhere() throws Exception {
    Location.Stored before = store.publish(pending); // FAULTS row 23
    HomeOptions options = HomeOptions.at(folder).withAccess(HomeOptions.Access.READ);
    Files.writeString(options.runsFolder(), "in the way");
    Files.walk(store.folder().resolve("tmp")).sorted(reverseOrder()).forEach(HomeTest::delete);
    Files.writeString(store.folder().resolve("tmp"), "in the way");

    try (Home home = Home.open(options, "test", Clock.systemUTC())) {
      assertThat(home.index()).isNotNull();
      assertThat(home.store().read(before).bytes()).isEqualTo(Samples.bytes(1000, 1));
      BlobWriter writer = home.store().write(RUN, "a2", 0);
      writer.write(Samples.bytes(2000, 2));
      Location.Stored after = home.store().publish((Location.Pending) writer.finish());
      assertThat(home.store().read(after).bytes()).isEqualTo(Samples.bytes(2000, 2));
      assertThat(store.presence(after.blob().address(), 2000)).isEqualTo(Presence.MISSING);

      ResultStore workers =
          LayeredResultStore.open(home.storeFolder(), FileResultStore.Settings.STANDARD);
      assertThat(workers.read(before).bytes()).isEqualTo(Samples.bytes(1000, 1));
      assertThat(workers.read(after).bytes()).isEqualTo(Samples.bytes(2000, 2));
      workers.write(RUN, "a3", 0).close();
    }
  }

  @Test
  void open_storeCannotBeWritten_readsItAndWritesElsewhere() throws Exception {
    Location.Stored before = store.publish(pending); // FAULTS row 23
    Files.walk(store.folder().resolve("tmp")).sorted(reverseOrder()).forEach(HomeTest::delete);
    Files.writeString(store.folder().resolve("tmp"), "in the way");
    Path temporary;

    try (Home home = Home.open(HomeOptions.at(folder), "test", Clock.systemUTC())) {
      assertThat(home.warnings())
          .containsExactly(
              "the result store %s cannot be written (%s is in the way: the store needs a folder there, and follows no links): the run keeps nothing, and reuses what the home holds; use --store to name another"
                  .formatted(store.folder(), store.folder().resolve("tmp")));
      assertThat(home.writable()).as("its runs have journals").isTrue();
      assertThat(home.index()).isNotNull();
      temporary = home.storeFolder();
      ResultStore workers = LayeredResultStore.open(temporary, FileResultStore.Settings.STANDARD);
      assertThat(workers.read(before).bytes()).isEqualTo(Samples.bytes(1000, 1));
      workers.write(RUN, "a2", 0).close();
    }
    assertThat(temporary).doesNotExist();
  }

  private static void delete(Path file) {
    assertThat(file.toFile().delete()).isTrue();
  }

  private int quarantined() throws Exception {
    int[] count = new int[1];
    store.forEachQuarantined((address, size, since) -> count[0]++);
    return count[0];
  }

  private RunHeader onThisHost(long pid) {
    RunHeader header = run.header();
    return new RunHeader(
        header.run(),
        header.pipeline(),
        header.parameters(),
        header.options(),
        header.user(),
        HostName.find(),
        pid,
        now.truncatedTo(ChronoUnit.MILLIS),
        header.scope(),
        header.store());
  }

  private JournalWriter journal() {
    return new JournalWriter(HomeOptions.at(folder).runsFolder().resolve(RUN), Clock.systemUTC());
  }

  private void begin(RunHeader header) throws Exception {
    BegunJournal.write(HomeOptions.at(folder).runsFolder(), header, run);
  }

  private void open(Instant at) throws Exception {
    Home.open(HomeOptions.at(folder), "test", Clock.fixed(at, ZoneOffset.UTC)).close();
  }
}
