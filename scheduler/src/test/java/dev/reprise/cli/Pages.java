package dev.reprise.cli;

import static dev.reprise.task.Tasks.local;

import dev.reprise.Reprise;
import dev.reprise.api.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A pipeline of twelve units, half of them with a result too large for the index: page numbers,
 * pages, how long each is, and the sum of that.
 */
public final class Pages {
  static final int PAGES = 5;

  /** The result of the whole. */
  static final String TOTAL = "210005";

  /** Names a file to which each unit adds a line when it runs. */
  static final String DIARY = "pages.diary";

  private Pages() {}

  static void define(Pipeline.Builder p) {
    var numbers = p.fanOut("numbers", local(Pages::numbers));
    var pages = p.perPartition("page", local(Pages::page), numbers);
    var lengths = p.perPartition("length", local(Pages::length), pages);
    p.result("total", p.step("total", local(Pages::total), lengths.all()));
  }

  static List<Integer> numbers() {
    note("numbers");
    return IntStream.range(0, PAGES).boxed().toList();
  }

  static String page(int number) {
    note("page:" + number);
    return number + "x".repeat(42_000);
  }

  static int length(String page) {
    note("length:" + page.charAt(0));
    return page.length();
  }

  static int total(List<Integer> lengths) {
    note("total");
    return lengths.stream().mapToInt(Integer::intValue).sum();
  }

  private static void note(String unit) {
    String diary = System.getProperty(DIARY);
    if (diary != null) {
      try {
        Files.writeString(
            Path.of(diary), unit + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  public static void main(String[] args) {
    Reprise.main(args, Pages::define);
  }
}
