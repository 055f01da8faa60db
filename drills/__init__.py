"""Drills: the portal under load is killed at random moments, and nothing acknowledged may be lost.

    make drill                               200 kills on PostgreSQL
    python -m drills kills --kills 20 --database sqlite --seed 7

An installation of its own is made in a temporary folder: nobody's data is touched.
"""
