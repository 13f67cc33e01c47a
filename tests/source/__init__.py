"""Tests of fetching and parsing feeds."""
