package dev.reprise.api;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.graph.FileSet;
import dev.reprise.graph.Node;
import dev.reprise.graph.PipelineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceFilesTest {
  @TempDir Path data;

  // ---- labels -----------------------------------------------------------------------------------

  @Test
  void find_oneFileInEachFolder_isLabelledByTheFolder() throws IOException {
    files("month=2001-02/x.parquet", "month=2001-01/y.parquet");
    FileSet found = find("month=*/*.parquet");
    assertThat(found.labels()).containsExactly("month=2001-01", "month=2001-02");
    assertThat(found.paths())
        .containsExactly(
            data.resolve("month=2001-01/y.parquet"), data.resolve("month=2001-02/x.parquet"));
    assertThat(found.root()).isEqualTo(data);
    assertThat(found.pattern()).isEqualTo("month=*/*.parquet");
  }

  @Test
  void find_severalFilesInAFolder_areLabelledByTheirPaths() throws IOException {
    files("a/1.csv", "a/2.csv", "b/1.csv");
    assertThat(find("*/*.csv").labels()).containsExactly("a/1.csv", "a/2.csv", "b/1.csv");
  }

  @Test
  void find_filesInTheFolderItself_areLabelledByTheirNames() throws IOException {
    files("b.csv", "a.csv", "c.txt");
    assertThat(find("*.csv").labels()).containsExactly("a.csv", "b.csv");
  }

  @Test
  void find_foldersWithinFolders_areLabelledByTheirPath() throws IOException {
    files("2001/01/x", "2001/02/x", "2002/01/x");
    assertThat(find("*/*/x").labels()).containsExactly("2001/01", "2001/02", "2002/01");
  }

  @Test
  void find_nameWithABackslash_isNoFolder() throws IOException {
    assumeTrue(data.getFileSystem().getSeparator().equals("/"));
    files("a/b.csv", "a\\b.csv");
    assertThat(find("{a/,a\\\\}b.csv").labels()).containsExactly("a/b.csv", "a\\b.csv");
  }

  @Test
  void find_oneFileMore_leavesTheOtherLabels() throws IOException {
    files("month=1/x", "month=2/x");
    List<String> before = find("month=*/*").labels();
    files("month=3/x");
    assertThat(find("month=*/*").labels()).containsAll(before).hasSize(3);
  }

  // ---- patterns ---------------------------------------------------------------------------------

  @Test
  void find_starsAndBraces_matchAsInAShell() throws IOException {
    files("a.csv", "a.txt", "deep/b.csv", "deep/er/c.csv");
    assertThat(find("*.{csv,txt}").labels()).containsExactly("a.csv", "a.txt");
    assertThat(find("**.csv").labels()).containsExactly("a.csv", "deep/b.csv", "deep/er/c.csv");
    assertThat(find("deep/*.csv").labels()).containsExactly("deep");
    assertThat(find("?.csv").labels()).containsExactly("a.csv");
    assertThat(find("{deep/b,a}.csv").labels()).containsExactly("a.csv", "deep/b.csv");
  }

  @Test
  void find_foldersThatTheDepthForbids_areNotEntered() throws IOException {
    files("a/x.csv", "a/b/c/d/x.csv");
    assertThat(find("*/x.csv").labels()).containsExactly("a");
  }

  @Test
  void find_badPattern_isRefused() throws IOException {
    files("a");
    assertRefused(() -> find("[a"), "source 'flights': bad pattern '[a': Missing ']'");
    for (String pattern : List.of("", "/a", "./a", "../a", "a//b", "a/")) {
      assertRefused(
          () -> find(pattern),
          "source 'flights': bad pattern '"
              + pattern
              + "': it is relative to the folder, and no part of it may be empty, '.' or '..'");
    }
  }

  @Test
  void find_nothingMatches_isRefused() throws IOException {
    files("a.csv");
    assertRefused(
        () -> find("*.parquet"),
        "source 'flights': no file in "
            + data
            + " matches '*.parquet'; check the pattern or add files");
  }

  @Test
  void find_foldersMatchAlone_isRefusedWithTheWayOut() throws IOException {
    files("a.parquet/part-0", "b.parquet/part-0");
    assertRefused(
        () -> find("*.parquet"),
        "source 'flights': no file in "
            + data
            + " matches '*.parquet', but 2 folders do (add '/*' for what they hold); check the"
            + " pattern or add files");
  }

  // ---- folders ----------------------------------------------------------------------------------

  @Test
  void find_folderThatIsNotThere_isRefused() {
    assertRefused(
        () -> SourceFiles.find("flights", data.resolve("no"), "*"),
        "source 'flights': folder " + data + "/no does not exist; check the path");
  }

  @Test
  void find_fileInPlaceOfTheFolder_isRefused() throws IOException {
    files("a.csv");
    assertRefused(
        () -> SourceFiles.find("flights", data.resolve("a.csv"), "*"),
        "source 'flights': folder " + data + "/a.csv is not a folder; check the path");
  }

  @Test
  void find_relativeFolder_givesAbsolutePaths() throws IOException {
    files("a.csv");
    Path relative = Path.of("").toAbsolutePath().relativize(data);
    assertThat(SourceFiles.find("flights", relative, "*.csv").paths())
        .containsExactly(data.resolve("a.csv"));
    Path roundabout = data.resolve("..").resolve(data.getFileName());
    assertThat(SourceFiles.find("flights", roundabout, "*.csv").paths())
        .containsExactly(data.resolve("a.csv"));
  }

  @Test
  void find_parentOfALink_isWhereTheLinkLeads() throws IOException {
    files("real/inner/x", "real/right.csv", "wrong.csv");
    Files.createSymbolicLink(data.resolve("link"), data.resolve("real/inner"));
    assertThat(SourceFiles.find("flights", data.resolve("link/.."), "*.csv").labels())
        .containsExactly("right.csv");
  }

  // ---- links and other things -------------------------------------------------------------------

  @Test
  void find_links_areFollowed() throws IOException {
    files("real/x.csv");
    Files.createSymbolicLink(data.resolve("linked"), data.resolve("real"));
    Files.createSymbolicLink(data.resolve("real/y.csv"), data.resolve("real/x.csv"));
    assertThat(find("linked/*.csv").labels()).containsExactly("linked/x.csv", "linked/y.csv");
  }

  @Test
  void find_linkToItsOwnParent_endsTheSearchThere() throws IOException {
    files("a/x.csv");
    Files.createSymbolicLink(data.resolve("a/self"), data.resolve("a"));
    assertThat(find("**.csv").labels()).containsExactly("a");
  }

  @Test
  void find_linkToNothing_isRefused() throws IOException {
    files("a.csv");
    Files.createSymbolicLink(data.resolve("b.csv"), data.resolve("gone.csv"));
    assertRefused(
        () -> find("*.csv"),
        "source 'flights': "
            + data
            + "/b.csv matches '*.csv' and is a link to a file that is not there; remove it or"
            + " narrow the pattern");
    assertThat(find("a*.csv").labels()).containsExactly("a.csv");
  }

  @Test
  void find_pipe_isRefused() throws Exception {
    assumeTrue(shell("mkfifo", data.resolve("p.csv").toString()));
    assertRefused(
        () -> find("*.csv"),
        "source 'flights': "
            + data
            + "/p.csv matches '*.csv' and is neither a file nor a folder; remove it or narrow the"
            + " pattern");
  }

  @Test
  void find_nameThatIsNoText_isRefused() throws Exception {
    assumeTrue(shell("sh", "-c", "touch \"$(printf '" + data + "/a\\376.csv')\""));
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(() -> find("*.csv"))
        .withMessageStartingWith("source 'flights': the name of ")
        .withMessageEndingWith(" is no text here; rename it, or use a UTF-8 locale (LC_ALL)");
  }

  // ---- one file ---------------------------------------------------------------------------------

  @Test
  void one_file_isItsOnlyPartition() throws IOException {
    files("airports.csv");
    FileSet one = SourceFiles.one("airports", data.resolve("airports.csv"));
    assertThat(one.labels()).containsExactly("airports.csv");
    assertThat(one.paths()).containsExactly(data.resolve("airports.csv"));
  }

  @Test
  void one_notThereOrAFolder_isRefused() {
    assertRefused(
        () -> SourceFiles.one("airports", data.resolve("no.csv")),
        "source 'airports': " + data + "/no.csv does not exist; check the path");
    assertRefused(
        () -> SourceFiles.one("airports", data),
        "source 'airports': " + data + " is not a regular file; check the path");
  }

  // ---- in a pipeline ----------------------------------------------------------------------------

  @Test
  void files_folderOfAParameter_isLookedInAsGiven() throws IOException {
    files("here/a.csv");
    Pipeline pipeline =
        Pipeline.define(
            "flights",
            p -> {
              Value<Path> root = p.param("data", data.resolve("nowhere"));
              p.perPartition("clean", task(Path::toString), p.files("flights", root, "*.csv"));
            },
            Parameters.NONE.with("data", data.resolve("here").toString()));
    Node source = pipeline.graph().find("flights").orElseThrow();
    assertThat(source.files().labels()).containsExactly("a.csv");
  }

  @Test
  void files_folderThatAStepComputes_isRefused() {
    assertRefused(
        () ->
            Pipeline.define(
                "flights",
                p -> {
                  Value<Path> root = p.step("where", task(() -> data));
                  p.files("flights", root, "*.csv");
                }),
        "where files are must be known before the run: pass a parameter or a constant, not the"
            + " result of a step");
  }

  // ---- helpers ----------------------------------------------------------------------------------

  private FileSet find(String pattern) {
    return SourceFiles.find("flights", data, pattern);
  }

  private void files(String... names) throws IOException {
    for (String name : names) {
      Path file = data.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, name);
    }
  }

  private static boolean shell(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
  }

  private static void assertRefused(ThrowingCallable what, String message) {
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(what)
        .satisfies(e -> assertThat(e.getMessage()).startsWith(message));
  }
}
