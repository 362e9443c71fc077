package dev.reprise.behaviours;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds the tests that say what they show, in class files. */
final class ShowingTests {
  private static final String SHOWS = "dev.reprise.cache.testing.Shows";

  private ShowingTests() {}

  /**
   * Finds the tests of each line that is named. A test that is inherited is one of each class that
   * can run it.
   *
   * @param folders of class files
   */
  static Map<String, SortedSet<TestName>> find(Collection<Path> folders) {
    JavaClasses classes = new ClassFileImporter().importPaths(folders);
    Map<String, SortedSet<TestName>> found = new TreeMap<>();
    for (JavaClass owner : classes) {
      if (owner.getModifiers().contains(JavaModifier.ABSTRACT)) {
        continue;
      }
      for (JavaMethod method : owner.getAllMethods()) {
        if (method.isAnnotatedWith(SHOWS)) {
          for (String line : lines(method)) {
            found
                .computeIfAbsent(line, any -> new TreeSet<>())
                .add(new TestName(owner.getName(), method.getName()));
          }
        }
      }
    }
    return found;
  }

  private static String[] lines(JavaMethod method) {
    return (String[]) method.getAnnotationOfType(SHOWS).get("value").orElseThrow();
  }
}
