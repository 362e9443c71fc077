package dev.reprise.behaviours;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.reprise.behaviours.TestResults.End;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BehaviourTableTest {
  private static final TestName ONE = new TestName("com.acme.SomeTest", "one");
  private static final TestName TWO = new TestName("com.acme.SomeTest", "two");

  private static SortedSet<TestName> tests(TestName... tests) {
    return new TreeSet<>(List.of(tests));
  }

  private static BehaviourTable table(
      String missing,
      Map<String, SortedSet<TestName>> shown,
      Map<TestName, End> ends,
      boolean all) {
    return table("Flyte 1", missing, shown, ends, all);
  }

  private static BehaviourTable table(
      String line,
      String missing,
      Map<String, SortedSet<TestName>> shown,
      Map<TestName, End> ends,
      boolean all) {
    return BehaviourTable.of(
        line.startsWith("Fault") ? "faults" : "behaviours",
        List.of(new Behaviour(line, "off by default", missing)),
        shown,
        test -> ends.getOrDefault(test, End.NOT_RUN),
        all);
  }

  private static String json(String tests, String state) {
    return json("Flyte 1", tests, state);
  }

  private static String json(String line, String tests, String state) {
    return "[\n  {\"line\": \"%s\", \"tests\": [%s], \"state\": \"%s\"}\n]\n"
        .formatted(line, tests, state);
  }

  @Test
  void of_oneTestPassedAndAnotherWasSkipped_isPassed() {
    BehaviourTable table =
        table(
            "",
            Map.of("Flyte 1", tests(ONE, TWO)),
            Map.of(ONE, End.PASSED, TWO, End.SKIPPED),
            true);
    assertThat(table.wrong()).isEmpty();
    assertThat(table.json())
        .isEqualTo(json("\"com.acme.SomeTest.one\", \"com.acme.SomeTest.two\"", "passed"));
    assertThat(table.text())
        .isEqualTo("Flyte 1    passed   SomeTest.one, SomeTest.two\nbehaviours: 1 passed\n");
  }

  @Test
  void of_oneTestOfTwoFails_isFailedAlsoInABuildOfSome() {
    BehaviourTable table =
        table(
            "",
            Map.of("Flyte 1", tests(ONE, TWO)),
            Map.of(ONE, End.PASSED, TWO, End.FAILED),
            false);
    assertThat(table.wrong())
        .containsExactly("Flyte 1: a test of it fails, of SomeTest.one, SomeTest.two");
    assertThat(table.json()).contains("\"state\": \"failed\"");
  }

  @Test
  void of_faultListedAsMissingAndNoTest_isMissingAndFine() {
    BehaviourTable table = table("Fault 1", "nothing does it", Map.of(), Map.of(), true);
    assertThat(table.wrong()).isEmpty();
    assertThat(table.json()).isEqualTo(json("Fault 1", "", "missing"));
    assertThat(table.text()).startsWith("Fault 1    missing  off by default (nothing does it)\n");
  }

  @Test
  void of_behaviourListedAsMissing_isWrongWhateverTheBuildRan() {
    for (boolean all : new boolean[] {true, false}) {
      assertThat(table("half", Map.of(), Map.of(), all).wrong())
          .containsExactly(
              "Flyte 1: behaviours.tsv says 'half', which it may not; annotate a test of it and"
                  + " take that word away");
      assertThat(table("later", Map.of(), Map.of(), all).wrong())
          .containsExactly(
              "Flyte 1: behaviours.tsv says 'later', which it may not; annotate a test of it and"
                  + " take that word away");
    }
    assertThat(table("Fault 1", "later", Map.of(), Map.of(), true).wrong())
        .as("a fault gives its reason")
        .hasSize(1);
  }

  @Test
  void of_listedAsMissingAndShown_isWrong() {
    Map<TestName, End> passed = Map.of(ONE, End.PASSED);
    assertThat(table("Fault 1", "half", Map.of("Fault 1", tests(ONE)), passed, true).wrong())
        .containsExactly(
            "Fault 1: faults.tsv says 'half', yet there is SomeTest.one; take that word away");
    assertThat(table("Coflux 20", "later", Map.of("Coflux 20", tests(ONE)), passed, true).wrong())
        .hasSize(1);
  }

  @Test
  void of_oneOfTheThreeThatMayBeLater_isLater() {
    for (String line : List.of("Coflux 20", "Coflux 21", "Coflux 22")) {
      BehaviourTable table = table(line, "later", Map.of(), Map.of(), true);
      assertThat(table.wrong()).isEmpty();
      assertThat(table.json()).isEqualTo(json(line, "", "later"));
    }
  }

  @Test
  void of_lastTestOfALineIsGone_isWrongIfAllTestsRan() {
    assertThat(table("", Map.of(), Map.of(), true).wrong())
        .containsExactly("Flyte 1: no test shows it; annotate one");
    assertThat(table("", Map.of(), Map.of(), false).wrong()).isEmpty();
    assertThat(table("Fault 1", "", Map.of(), Map.of(), true).wrong())
        .containsExactly("Fault 1: no test shows it; annotate one, or say why there is none");
  }

  @Test
  void of_testWasSkipped_isWrongOnlyIfAllTestsRan() {
    Map<String, SortedSet<TestName>> shown = Map.of("Flyte 1", tests(ONE));
    assertThat(table("", shown, Map.of(ONE, End.SKIPPED), true).wrong())
        .containsExactly("Flyte 1: no test of it has run, of SomeTest.one");
    BehaviourTable some = table("", shown, Map.of(), false);
    assertThat(some.wrong()).isEmpty();
    assertThat(some.json()).contains("\"state\": \"not run\"");
  }

  @Test
  void of_testShowsALineThatIsNotThere_isWrong() {
    assertThat(table("", Map.of("Flyte 99", tests(ONE)), Map.of(), false).wrong())
        .containsExactly("Flyte 99: there is no such line; SomeTest.one");
  }

  @Test
  void parse_gapInTheNumbersOrACellTooFew_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Behaviour.parse("Argo 1\ta\t\nArgo 3\tb\t\n"))
        .withMessageContaining("not numbered from 1: [Argo 1, Argo 3]");
    assertThatIllegalArgumentException().isThrownBy(() -> Behaviour.parse("Argo 1\ta\n"));
  }

  @Test
  void all_areThoseOfTheFiveSystems() throws IOException {
    List<Behaviour> all = Behaviour.all("behaviours");
    assertThat(all).hasSize(115);
    assertThat(all).allMatch(Behaviour::mayBeMissing);
    assertThat(all.stream().filter(each -> !each.missing().isEmpty()).map(Behaviour::line))
        .containsExactly("Coflux 20", "Coflux 21", "Coflux 22");
  }

  @Test
  void all_faults_areSeventyFiveAndNoneIsForLater() throws IOException {
    List<Behaviour> all = Behaviour.all("faults");
    assertThat(all).hasSize(75);
    assertThat(all).allMatch(fault -> fault.line().startsWith("Fault ") && !fault.later());
  }

  @Test
  void results_reportsOfThisBuild_countTheWorstInvocation(@TempDir Path folder) throws IOException {
    write(
        folder.resolve("TEST-com.acme.SomeTest.xml"),
        """
        <testsuite><properties><property name="a" value="b"/></properties>
          <testcase name="one{int}[1]" classname="com.acme.SomeTest"/>
          <testcase name="one{int}[2]" classname="com.acme.SomeTest"><failure>no</failure></testcase>
          <testcase name="two" classname="com.acme.SomeTest"><system-out>x</system-out></testcase>
          <testcase name="three" classname="com.acme.SomeTest"><skipped/></testcase>
        </testsuite>
        """);
    Instant start =
        Files.getLastModifiedTime(folder.resolve("TEST-com.acme.SomeTest.xml")).toInstant();
    Path earlier = folder.resolve("TEST-com.acme.OtherTest.xml");
    write(earlier, "<testsuite><testcase name='two' classname='com.acme.OtherTest'/></testsuite>");
    Files.setLastModifiedTime(earlier, FileTime.from(start.minusSeconds(1)));

    TestResults results = new TestResults();
    assertThat(results.add(folder, start)).isTrue();
    assertThat(results.of(ONE)).isEqualTo(End.FAILED);
    assertThat(results.of(TWO)).isEqualTo(End.PASSED);
    assertThat(results.of(new TestName("com.acme.SomeTest", "three"))).isEqualTo(End.SKIPPED);
    assertThat(results.of(new TestName("com.acme.OtherTest", "two"))).isEqualTo(End.NOT_RUN);
    assertThat(results.add(folder, start.plusSeconds(1))).isFalse();
    assertThat(results.add(folder.resolve("none"), start)).isFalse();
  }

  private static void write(Path file, String text) throws IOException {
    Files.write(file, text.getBytes(UTF_8));
  }
}
