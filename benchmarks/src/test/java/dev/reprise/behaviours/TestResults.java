package dev.reprise.behaviours;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** How tests ended in one build, from the reports that surefire writes. */
final class TestResults {
  /** How a test ended, the worst of its invocations first. */
  enum End {
    FAILED,
    PASSED,
    SKIPPED,
    NOT_RUN
  }

  private static final Pattern METHOD = Pattern.compile("[\\w$]+");

  private final Map<TestName, Set<End>> ends = new HashMap<>();

  /**
   * Adds a module's reports; those from before {@code start} are of another build and do not count.
   *
   * @param folder need not be there
   * @return whether there were any
   */
  boolean add(Path folder, Instant start) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    List<Path> reports;
    try (Stream<Path> files = Files.list(folder)) {
      reports = files.filter(f -> f.getFileName().toString().matches("TEST-.*[.]xml")).toList();
    }
    boolean any = false;
    for (Path report : reports) {
      if (!Files.getLastModifiedTime(report).toInstant().isBefore(start)) {
        any = true;
        read(report);
      }
    }
    return any;
  }

  private void read(Path report) throws IOException {
    XMLInputFactory factory = XMLInputFactory.newFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    try (InputStream in = Files.newInputStream(report)) {
      XMLStreamReader xml = factory.createXMLStreamReader(in);
      TestName test = null;
      End end = End.PASSED;
      while (xml.hasNext()) {
        int event = xml.next();
        if (event == XMLStreamConstants.START_ELEMENT) {
          switch (xml.getLocalName()) {
            case "testcase" -> {
              test = name(xml);
              end = End.PASSED;
            }
            case "failure", "error" -> end = End.FAILED;
            case "skipped" -> end = End.SKIPPED;
            default -> {
              // output and properties
            }
          }
        } else if (event == XMLStreamConstants.END_ELEMENT
            && xml.getLocalName().equals("testcase")
            && test != null) {
          ends.computeIfAbsent(test, any -> EnumSet.noneOf(End.class)).add(end);
        }
      }
    } catch (XMLStreamException e) {
      throw new IOException(report + " is no report of surefire's: " + e.getMessage(), e);
    }
  }

  /** An invocation of a test with arguments is called {@code method(Type)[1]}. */
  private static TestName name(XMLStreamReader xml) {
    String name = xml.getAttributeValue(null, "name");
    Matcher method = METHOD.matcher(name);
    return new TestName(
        xml.getAttributeValue(null, "classname"), method.lookingAt() ? method.group() : name);
  }

  /** How a test ended. */
  End of(TestName test) {
    Set<End> all = ends.getOrDefault(test, Set.of());
    return all.isEmpty() ? End.NOT_RUN : all.iterator().next();
  }
}
