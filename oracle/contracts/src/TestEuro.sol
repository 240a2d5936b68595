// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title Development token with the six decimals of a euro stable coin
/// @notice Worth nothing. One base unit is one millionth, so an amount in micros is an amount in base units.
contract TestEuro is ERC20, Ownable {
    /// @param owner_ may mint
    constructor(address owner_) ERC20("Gridwitness Test Euro", "tEUR") Ownable(owner_) {}

    /// @notice Make tokens.
    /// @param to receiver
    /// @param amount base units
    function mint(address to, uint256 amount) external onlyOwner {
        _mint(to, amount);
    }

    /// @notice Six, like the money of the whole system.
    function decimals() public pure override returns (uint8) {
        return 6;
    }
}
