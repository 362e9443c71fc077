package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.ChildJvm;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cache.testing.SmallDisk;
import dev.reprise.cli.CliLab.Ran;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FAULTS rows 20 and 21, through the command line: the ways out of a full disk. */
class FullDiskTest {
  @TempDir Path folder;

  @Test
  void evictAndClear_noByteIsFree_removeAndFree() throws Exception {
    ChildJvm.Outcome child = SmallDisk.run(folder, 64, OnFullDisk.class, folder.toString());

    assertThat(child.output())
        .contains(
            """
            0 cached · 12 ran · 0 failed
            0 bytes free
            removed 1 entry, 41 KiB; 41 KiB freed in the store
            removed 11 entries; 164 KiB freed in the store
            """);
  }

  /** Not one byte for blobs, index and journal. */
  @Test
  @Shows("Fault 20")
  void run_noByteIsFree_resultIsTheRunsAndNothingIsKept() throws Exception {
    ChildJvm.Outcome child = SmallDisk.run(folder, 24, RunOnFullDisk.class, folder.toString());

    assertThat(child.output())
        .containsSubsequence(
            "0 cached · 8 ran · 0 failed",
            "0 bytes free",
            "warning: no cache: the index ",
            "No space left on device",
            " is not kept: the store takes no bytes: ",
            "0 cached · 12 ran · 0 failed",
            "exit 0, in time",
            "space again",
            "0 cached · 12 ran · 0 failed",
            "12 cached · 0 ran · 0 failed",
            "5 blobs as written");
  }

  static final class RunOnFullDisk {
    public static void main(String[] args) throws Exception {
      Path folder = Path.of(args[0]);
      CliLab lab = new CliLab(folder).with("pages", Pages::define).with("squares", Squares::define);
      lab.environment.put("REPRISE_STORE_FREE_SPACE_FLOOR", "0");
      OnFullDisk.print(lab.run("run", "squares"));
      OnFullDisk.fill(folder.resolve("filler"));
      long start = System.nanoTime();
      Ran full = lab.run("run", "pages");
      long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
      OnFullDisk.print(full);
      System.out.println("exit " + full.exit() + (seconds < 20 ? ", in time" : ", " + seconds));
      Files.delete(folder.resolve("filler"));
      System.out.println("space again");
      OnFullDisk.print(lab.run("run", "pages"));
      OnFullDisk.print(lab.run("run", "pages"));
      OnFullDisk.print(lab.run("cache", "verify"));
    }
  }

  @Test
  void rebuild_lowerFloorThanTheUsualIsSet_writesManifestsBelowTheUsual() throws Exception {
    ChildJvm.Outcome child = SmallDisk.run(folder, 60, OnSmallDisk.class, folder.toString());

    assertThat(child.output())
        .contains(
            """
            0 cached · 12 ran · 0 failed
            restored 5 entries; 0 there already, 0 without their blobs
            """);
  }

  @Test
  @Shows("Fault 23")
  void clear_diskCanOnlyBeRead_saysSoAndIsNoBug() throws Exception {
    ChildJvm.Outcome child = SmallDisk.run(folder, 200, OnReadOnlyDisk.class, folder.toString());

    assertThat(child.output())
        .containsPattern("error: the home .* or its store .* cannot be changed: .*Read-only")
        .contains("nothing is damaged")
        .contains("exit 5")
        .contains("12 cached · 0 ran · 0 failed")
        .doesNotContain("bug");
  }

  static final class OnReadOnlyDisk {
    public static void main(String[] args) throws Exception {
      Path store = Files.createDirectory(Path.of(args[0], "store"));
      Path home = Files.createTempDirectory("home");
      mount("-t", "tmpfs", "tmpfs", store.toString());
      CliLab lab = new CliLab(home).with("pages", Pages::define);
      lab.environment.put("REPRISE_STORE", store.toString());
      lab.environment.put("REPRISE_STORE_FREE_SPACE_FLOOR", "1MiB");
      OnFullDisk.print(lab.run("run", "pages"));
      mount("-o", "remount,ro", store.toString());
      Ran ran = lab.run("cache", "clear", "--yes");
      OnFullDisk.print(ran);
      System.out.println("exit " + ran.exit());
      OnFullDisk.print(lab.run("run", "pages"));
    }

    private static void mount(String... words) throws Exception {
      List<String> command = new ArrayList<>(List.of("mount"));
      command.addAll(List.of(words));
      if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
        throw new IOException(command + " failed");
      }
    }
  }

  static final class OnSmallDisk {
    public static void main(String[] args) throws Exception {
      Path folder = Path.of(args[0]);
      CliLab lab = new CliLab(folder).with("pages", Pages::define);
      lab.environment.put("REPRISE_STORE_FREE_SPACE_FLOOR", "1MiB");
      OnFullDisk.print(lab.run("run", "pages"));
      String store = folder.resolve(".reprise/store").toString();
      OnFullDisk.print(lab.run("cache", "rebuild", "--home", "other", "--store", store));
    }
  }

  static final class OnFullDisk {
    public static void main(String[] args) throws Exception {
      Path folder = Path.of(args[0]);
      CliLab lab = new CliLab(folder).with("pages", Pages::define);
      lab.environment.put("REPRISE_STORE_FREE_SPACE_FLOOR", "1MiB");
      print(lab.run("run", "pages"));
      fill(folder.resolve("filler"));
      print(lab.run("cache", "evict", "--step", "page:1"));
      print(lab.run("cache", "clear", "--yes"));
    }

    private static void print(Ran ran) {
      System.out.println(ran.err() + ran.lastLine().replaceFirst(" {3}wall .*", ""));
    }

    private static void fill(Path file) throws IOException {
      try (OutputStream out = Files.newOutputStream(file)) {
        while (true) {
          out.write(new byte[4096]);
        }
      } catch (IOException e) {
        System.out.println(file.toFile().getUsableSpace() + " bytes free");
      }
    }
  }
}
