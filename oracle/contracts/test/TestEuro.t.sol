// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Scene} from "./Scene.sol";

/// @title The development token
contract TestEuroTest is Scene {
    function test_one_base_unit_is_one_micro() public view {
        equal(token.decimals(), 6);
    }

    function test_only_the_owner_mints() public {
        vm.prank(PAYEE);
        vm.expectRevert();
        token.mint(PAYEE, 1);
    }
}
