/** What tests of every module stand on: real servers, a clock one turns by hand, and the rules of the house as tests. */
@NullMarked
package dev.rekindle.testkit;

import org.jspecify.annotations.NullMarked;
