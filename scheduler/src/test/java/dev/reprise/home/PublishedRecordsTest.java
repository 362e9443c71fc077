package dev.reprise.home;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.testing.SeededTest;
import dev.reprise.graph.Publication;
import dev.reprise.run.Publisher.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A record that is not whole is none: its result is published again, and nothing is thrown. */
class PublishedRecordsTest {
  @TempDir Path folder;
  private PublishedRecords records;

  @BeforeEach
  void open() {
    records = new PublishedRecords(folder.resolve("records"), false);
  }

  private static Fingerprint digest(Random random) {
    byte[] bytes = new byte[Fingerprint.BYTES];
    random.nextBytes(bytes);
    return Fingerprint.of(bytes);
  }

  /** A file, or a folder of up to five, that is there; names have what names may have. */
  private PublishedPlace there(Random random) throws IOException {
    Path at = folder.resolve("out " + random.nextInt(1000));
    if (random.nextBoolean()) {
      return file(Files.writeString(at, "x".repeat(random.nextInt(9))));
    }
    Files.createDirectories(at);
    Files.writeString(at.resolve("_reprise"), "");
    for (int i = random.nextInt(5); i > 0; i--) {
      Files.writeString(at.resolve("part-0000" + i + "-é \t.csv"), "x".repeat(random.nextInt(9)));
    }
    return PublishedPlace.of(new Publication("r", at, "csv"));
  }

  private static PublishedPlace file(Path at) {
    return PublishedPlace.of(new Publication("r", at, ""));
  }

  private Path record() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("records"))) {
      List<Path> files = all.toList();
      assertThat(files).hasSize(1);
      return files.get(0);
    }
  }

  @SeededTest
  void record_kept_tellsWhatIsThere(Random random) throws Exception {
    PublishedPlace place = there(random);
    Fingerprint content = digest(random);
    boolean theirs = !place.publication().isFolder() && Files.size(place.real()) > 0;
    assertThat(records.state(place, content)).isEqualTo(theirs ? State.FOREIGN : State.NEW);
    records.keep(place, content, () -> true);
    assertThat(records.state(place, content)).isEqualTo(State.THERE);
    assertThat(records.state(place, digest(random))).isEqualTo(State.OTHER);
    assertThat(records.state(place, null)).isEqualTo(State.OTHER);
  }

  @SeededTest(seeds = 200)
  void record_damagedCutOrNoise_isNone(Random random) throws Exception {
    PublishedPlace place = there(random);
    Fingerprint content = digest(random);
    records.keep(place, content, () -> true);
    Path file = record();
    byte[] good = Files.readAllBytes(file);
    byte[] flipped = good.clone();
    // But for the line's end behind the last line, which any reader of lines gives or takes.
    flipped[random.nextInt(flipped.length - 1)] ^= (byte) (1 << random.nextInt(8));
    byte[] cut = Arrays.copyOf(good, random.nextInt(good.length - 1));
    byte[] noise = new byte[random.nextInt(300)];
    random.nextBytes(noise);
    for (byte[] bad : List.of(flipped, cut, noise)) {
      Files.write(file, bad);
      assertThat(records.state(place, content)).as(new String(bad, UTF_8)).isEqualTo(State.NEW);
    }
    records.keep(place, content, () -> true);
    assertThat(records.state(place, content)).as("written anew").isEqualTo(State.THERE);
  }

  @Test
  void keep_anotherProcessWasQuicker_remembersNothing() throws Exception {
    PublishedPlace place = file(folder.resolve("a"));
    records.claim(place, Files.writeString(folder.resolve("tmp"), "ours"));
    Files.writeString(place.real(), "theirs");
    records.keep(place, digest(new Random(1)), () -> false);
    assertThat(records.state(place, digest(new Random(1)))).isEqualTo(State.FOREIGN);
  }

  /** A process may end at any line. */
  @Test
  void claim_killedBeforeTheRename_makesOnlyThatFileOurs() throws Exception {
    PublishedPlace place = file(folder.resolve("a"));
    Fingerprint content = digest(new Random(1));
    Path first = Files.writeString(folder.resolve("tmp"), "first");
    records.claim(place, first);
    assertThat(records.state(place, content)).as("nothing is there").isEqualTo(State.NEW);
    Files.writeString(place.real(), "theirs");
    assertThat(records.isOthers(place)).isTrue();
    assertThat(records.state(place, content)).isEqualTo(State.FOREIGN);

    Files.move(first, place.real(), StandardCopyOption.REPLACE_EXISTING);
    assertThat(records.isOthers(place)).as("killed after the rename").isFalse();
    assertThat(records.state(place, content)).isEqualTo(State.OTHER);
    Path second = Files.writeString(folder.resolve("tmp"), "second");
    records.claim(place, second);
    assertThat(records.isOthers(place)).as("killed again, before").isFalse();
    Files.move(second, place.real(), StandardCopyOption.REPLACE_EXISTING);
    assertThat(records.isOthers(place)).as("and after").isFalse();

    records.keep(place, content, () -> true);
    assertThat(records.state(place, content)).isEqualTo(State.THERE);
    records.claim(place, Files.writeString(folder.resolve("tmp"), "third"));
    assertThat(records.state(place, content)).as("which is known").isEqualTo(State.THERE);
  }

  @SeededTest(seeds = 50)
  void record_ofTheirsDamaged_doesNotMakeTheirFileOurs(Random random) throws Exception {
    PublishedPlace place = file(Files.writeString(folder.resolve("a"), "theirs"));
    Fingerprint content = digest(random);
    records.keepTheirs(place, content, () -> true);
    assertThat(records.state(place, content)).isEqualTo(State.THERE);
    assertThat(records.state(place, digest(random))).isEqualTo(State.FOREIGN);
    assertThat(records.state(place, null)).isEqualTo(State.FOREIGN);
    byte[] bad = Files.readAllBytes(record());
    bad[random.nextInt(bad.length - 1)] ^= (byte) (1 << random.nextInt(8));
    Files.write(record(), bad);
    assertThat(records.state(place, content)).isEqualTo(State.FOREIGN);
    assertThat(records.isOthers(place)).isTrue();
    assertThat(new PublishedRecords(folder.resolve("records"), true).isOthers(place))
        .as("unless all are to be replaced")
        .isFalse();
  }

  @Test
  void record_ofANewerVersionOrAnotherPath_isNone() throws Exception {
    PublishedPlace place = file(Files.writeString(folder.resolve("a"), ""));
    Fingerprint content = digest(new Random(1));
    records.keep(place, content, () -> true);
    String good = Files.readString(record());
    Files.writeString(record(), good.replaceFirst("reprise-published 1", "reprise-published 2"));
    assertThat(records.state(place, content)).isEqualTo(State.NEW);
    Files.writeString(record(), good);
    assertThat(records.state(place, content)).isEqualTo(State.THERE);
    Path elsewhere = Files.writeString(folder.resolve("b"), "");
    assertThat(records.state(file(elsewhere), content)).isEqualTo(State.NEW);
  }
}
