package dev.reprise.ray;

import static dev.reprise.task.Tasks.local;
import static dev.reprise.task.Tasks.task;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import dev.reprise.Reprise;
import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Value;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A pipeline that takes as long as a test wants it to: so many naps, and a sum. Each nap notes in a
 * folder that it began, in a file of its number, a line each time; those from a certain number on
 * last until the folder has a file {@value #WAKE}.
 */
public final class Naps {
  static final String WAKE = "wake";

  private static final int LONGEST_SECONDS = 120;

  private Naps() {}

  /** For child processes. */
  public static void main(String[] args) {
    Reprise.main(args, Naps::define);
  }

  static void define(Pipeline.Builder p) {
    Value<String> notes = p.param("notes", "");
    Value<Integer> sleepers = p.param("sleepers-from", Integer.MAX_VALUE);
    Value<Integer> bad = p.param("bad", -1);
    Partitions<Integer> numbers = p.fanOut("numbers", local(Naps::upTo), p.param("naps", 4));
    Partitions<Integer> naps =
        p.perPartition("nap", task(Naps::nap), numbers, notes, sleepers, bad);
    p.result("sum", p.step("sum", local(Naps::sum), naps.all()));
  }

  static List<Integer> upTo(int most) {
    return IntStream.range(0, most).boxed().toList();
  }

  static int nap(int number, String notes, int sleepersFrom, int bad) throws Exception {
    System.out.println("nap " + number);
    if (number == bad) {
      throw new IllegalArgumentException("nap %s is bad".formatted(number));
    }
    if (!notes.isEmpty()) {
      Path folder = Path.of(notes);
      Files.writeString(folder.resolve(Integer.toString(number)), "begun\n", CREATE, APPEND);
      if (number >= sleepersFrom) {
        awaitWake(folder);
      }
    }
    return number;
  }

  private static void awaitWake(Path folder) throws InterruptedException {
    for (int i = 0; i < 50 * LONGEST_SECONDS; i++) {
      if (Files.exists(folder.resolve(WAKE))) {
        return;
      }
      Thread.sleep(20);
    }
    throw new IllegalStateException("nobody woke it");
  }

  static int sum(List<Integer> all) {
    return all.stream().mapToInt(Integer::intValue).sum();
  }
}
