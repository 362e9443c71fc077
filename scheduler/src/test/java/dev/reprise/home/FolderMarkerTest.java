package dev.reprise.home;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.SeededTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose the files of a published folder are. */
class FolderMarkerTest {
  @TempDir Path folder;
  private Path marker;

  @BeforeEach
  void publish() throws IOException {
    marker = folder.resolve("_reprise");
    Files.writeString(folder.resolve("part-00000-é.csv"), "0");
    Files.writeString(folder.resolve("_SUCCESS"), ""); // whatever was made with it is its own
    FolderMarker.write(folder, "r1");
  }

  @Test
  void foreign_onlyWhatWasPublished_isNothing() throws Exception {
    assertThat(FolderMarker.foreign(folder)).isEmpty();
    assertThat(marker).content().startsWith("published by run r1\n");
    Files.writeString(folder.resolve("part-00000-é.csv"), "changed");
    assertThat(FolderMarker.foreign(folder)).isEmpty();
    assertThat(FolderMarker.foreign(folder.resolve("gone"))).isEmpty();
  }

  @Test
  void foreign_calledAsPublishedOnesOrOfAnotherKind_isTold() throws Exception {
    Files.writeString(folder.resolve("part-00001.csv"), "mine");
    assertThat(FolderMarker.foreign(folder)).isEqualTo("part-00001.csv");
    Path part = folder.resolve("part-00000-é.csv");
    Files.delete(part);
    Files.createDirectory(part);
    assertThat(FolderMarker.foreign(folder)).as("the first").isEqualTo("part-00000-é.csv");
    Files.delete(part);
    Files.createSymbolicLink(part, folder.resolve("_SUCCESS"));
    assertThat(FolderMarker.foreign(folder)).isEqualTo("part-00000-é.csv");
  }

  @SeededTest(seeds = 200)
  void foreign_markerDamagedCutOrOfBefore_takesNothingElseForOurs(Random random) throws Exception {
    Files.delete(folder.resolve("_SUCCESS"));
    FolderMarker.write(folder, "r1");
    byte[] good = Files.readAllBytes(marker);
    byte[] flipped = good.clone();
    flipped[random.nextInt(good.length - 1)] ^= (byte) (1 << random.nextInt(8));
    byte[] cut = Arrays.copyOf(good, random.nextInt(good.length));
    byte[] noise = new byte[random.nextInt(300)];
    random.nextBytes(noise);
    Path mine = folder.resolve("mine.csv");
    for (byte[] bad : List.of(flipped, cut, noise, "published by run r1\n".getBytes(UTF_8))) {
      Files.write(marker, bad);
      assertThat(FolderMarker.foreign(folder)).isEmpty();
      Files.writeString(mine, "mine");
      assertThat(FolderMarker.foreign(folder)).isEqualTo("mine.csv");
      Files.delete(mine);
    }
  }
}
